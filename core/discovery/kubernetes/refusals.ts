import { BackendRefused } from '../backend-calls.ts';
import { jsonFrom, textAt } from '../cloud/loose.ts';
import { METHOD, type Access } from './access.ts';
import { namespaceOf, type Selection } from './selection.ts';

type Verb = 'list' | 'watch';
type Advice = (verb: Verb, selection: Selection, access: Access) => string;

/** What operators can do about a status. */
const ADVICE: Readonly<Record<number, Advice>> = {
  401: (_, __, { origin }) =>
    `The credentials are not accepted. They come from ${origin}: is that cluster meant, and have they expired?`,
  403: (verb, { kind }, { origin }) => {
    const group = kind === 'pods' ? '' : 'discovery.k8s.io';
    const rule = `apiGroups: ["${group}"], resources: ["${kind}"], verbs: ["list", "watch"]`;
    return `To ${verb} ${kind}, give whom ${origin} stands for a RoleBinding to a Role with the rule ${rule}.`;
  },
  404: (_, { kind }, { server }) =>
    kind === 'pods'
      ? `Is ${server} the address of a Kubernetes API?`
      : `Is ${server} a Kubernetes API of version 1.21 or later? Earlier ones have no EndpointSlices; use label_selector.`,
};

/** The same refusal with what the server says about it, and what to do. */
export function inWords(error: unknown, verb: Verb, selection: Selection, access: Access): unknown {
  if (!(error instanceof BackendRefused)) return error;
  const advice = ADVICE[error.status]?.(verb, selection, access);
  if (advice === undefined) return error;
  const { status, text, retryAfterMs } = error;
  const said = textAt(jsonFrom(text), 'message') || `status ${status}`;
  const where = `${verb} ${selection.kind} in the namespace ${namespaceOf(access, selection)}`;
  const more = { status, text, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  return new BackendRefused(METHOD, `${where}: ${said}. ${advice}`, more);
}
