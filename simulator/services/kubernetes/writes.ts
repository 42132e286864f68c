import { isTable } from '../../../core/config/kinds.ts';
import { SECOND, type Clock } from '../../../core/ports/clock.ts';
import type { HttpRequest, HttpResponse } from '../../../core/ports/http.ts';
import { textFromBytes } from '../../../core/wire/text.ts';
import type { ContainerPort, Pod } from './api-object.ts';
import { startPod, stopPod } from './commands.ts';
import type { Question } from './question.ts';
import { json, refusal } from './replies.ts';
import type { KubernetesState } from './state.ts';

/** How long a pod takes to end that somebody deletes, unless they say. */
const GRACE_S = 1;

/** What `kubectl create`, `delete`, `label` and `patch` do to pods. */
export function writeAnswer(
  request: HttpRequest,
  question: Question,
  state: KubernetesState,
  clock: Clock,
): HttpResponse {
  const { resource, name } = question;
  const namespace = question.namespace || 'default';
  if (resource !== 'pods') return refusal(405, 'MethodNotAllowed', `${resource} follow from pods`);
  const body = bodyOf(request);
  if (request.method === 'POST') return created(body, namespace, state, clock);
  const pod = state.pod(name, namespace);
  if (pod === undefined) return refusal(404, 'NotFound', `pods "${name}" not found`);
  if (request.method === 'PATCH') return json(state.putPod(merged(pod, body) as Pod));
  if (request.method !== 'DELETE') return refusal(405, 'MethodNotAllowed', `${request.method} is not supported`);
  const seconds = Number((isTable(body) ? body['gracePeriodSeconds'] : undefined) ?? GRACE_S);
  stopPod(state, clock, { name, namespace, graceMs: (Math.min(seconds, GRACE_S) * SECOND) / 1_000 });
  return json(state.pod(name, namespace) ?? pod);
}

function created(body: unknown, namespace: string, state: KubernetesState, clock: Clock): HttpResponse {
  const pod = (isTable(body) ? body : {}) as unknown as Partial<Pod>;
  const { name = '', labels = {}, annotations = {} } = pod.metadata ?? {};
  if (name === '') return refusal(422, 'Invalid', 'metadata.name: Required value');
  if (state.pod(name, namespace) !== undefined) return refusal(409, 'AlreadyExists', `pods "${name}" already exists`);
  const containers: readonly { ports?: readonly ContainerPort[] }[] = pod.spec?.containers ?? [];
  const listed = containers.flatMap(({ ports = [] }) => ports);
  const ports = Object.fromEntries(listed.map(({ name: port, containerPort }) => [port, containerPort]));
  startPod(state, clock, { name, namespace, labels, annotations, ports });
  return json(state.pod(name, namespace), 201);
}

function bodyOf({ body }: HttpRequest): unknown {
  try {
    return JSON.parse(textFromBytes(body)) as unknown;
  } catch {
    return undefined;
  }
}

/** RFC 7396. */
function merged(before: unknown, patch: unknown): unknown {
  if (!isTable(patch)) return patch;
  const after = new Map(Object.entries(isTable(before) ? before : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) after.delete(key);
    else after.set(key, merged(after.get(key), value));
  }
  return Object.fromEntries(after);
}
