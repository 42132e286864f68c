import { isTable } from '../../../core/config/kinds.ts';
import { InvalidSetting } from '../../../core/errors.ts';
import { MILLISECOND, type Clock } from '../../../core/ports/clock.ts';
import { rfc3339 } from '../../../core/wall-time.ts';
import { STAGES, type KubernetesState, type PodSpec, type Stage } from './state.ts';
import type { Service } from './slices.ts';

interface Start extends PodSpec {
  /** From one stage to the next. */
  readonly stepMs?: number;
}

interface Stop {
  readonly name: string;
  readonly namespace?: string;
  /** From the order to end to the end. */
  readonly graceMs?: number;
}

const STEP_MS = 500;
const GRACE_MS = 1_000;
/** How long the slices before a repacking stay beside those after it. */
const REPACK_MS = 200;

/** A pod that lives from the beginning: pending, running without an address, running, ready. */
export function startPod(state: KubernetesState, clock: Clock, { stepMs = STEP_MS, ...spec }: Start): void {
  const { name, namespace } = spec;
  state.createPod({ ...spec, stage: 'pending' }, timestamp(clock));
  const { uid } = state.pod(name, namespace)!.metadata;
  const stages = STAGES.slice(1, STAGES.indexOf(spec.stage ?? 'ready') + 1);
  for (const [index, stage] of stages.entries()) {
    clock.after((index + 1) * stepMs * MILLISECOND, () => {
      const pod = state.pod(name, namespace);
      if (pod?.metadata.uid !== uid || pod.metadata.deletionTimestamp !== undefined) return;
      state.stagePod(name, stage, namespace, spec);
    });
  }
}

/** A pod that is told to end, and ends. */
export function stopPod(state: KubernetesState, clock: Clock, { name, namespace, graceMs = GRACE_MS }: Stop): void {
  const uid = state.pod(name, namespace)?.metadata.uid;
  state.stagePod(name, 'terminating', namespace);
  clock.after(graceMs * MILLISECOND, () => {
    if (state.pod(name, namespace)?.metadata.uid === uid) state.deletePod(name, namespace);
  });
}

/**
 * What can be done to a cluster: `create` a pod in any stage, `stage` it, `delete` it at once; `start` and `stop` one
 * with everything in between; put a `service`; `repack` its slices; `compact` the history; `rotate` the token.
 */
export function clusterCommands(state: KubernetesState, clock: Clock): (name: string, argument: unknown) => void {
  const commands: Readonly<Record<string, (argument: never) => void>> = {
    create: (spec: PodSpec) => state.createPod(spec, timestamp(clock)),
    stage: ({ name, stage, namespace, ...more }: PodSpec & { stage: Stage }) =>
      state.stagePod(name, stage, namespace, more),
    delete: ({ name, namespace }: Stop) => state.deletePod(name, namespace),
    start: (spec: Start) => startPod(state, clock, spec),
    stop: (stop: Stop) => stopPod(state, clock, stop),
    service: (service: Service) =>
      state.putService({ ...service, namespace: service.namespace ?? 'default', ports: service.ports ?? {} }),
    repack: ({ name, namespace }: Stop) => void clock.after(REPACK_MS * MILLISECOND, state.repack(name, namespace)),
    compact: () => state.store.compact(),
    rotate: ({ token }: { token: string }) => state.rotateToken(token),
  };
  return (name, argument) => {
    const command = commands[name];
    if (command === undefined) throw new InvalidSetting('command', name, `one of ${Object.keys(commands).join(', ')}`);
    command(checked(name, argument) as never);
  };
}

/** Whoever leads a fake by hand hears what is missing before half of it is done. */
function checked(command: string, argument: unknown): unknown {
  const told = isTable(argument) ? argument : {};
  const { name, stage = 'ready', token } = told;
  if (command === 'rotate' && typeof token !== 'string') throw new InvalidSetting('token', token, 'a text');
  if (command === 'compact' || command === 'rotate') return told;
  if (typeof name !== 'string' || name === '') throw new InvalidSetting('name', name, 'that of a pod or a service');
  if (command === 'service' && !isTable(told['selector'])) {
    throw new InvalidSetting('selector', told['selector'], 'a table of labels');
  }
  if (!STAGES.includes(stage as Stage)) throw new InvalidSetting('stage', stage, `one of ${STAGES.join(', ')}`);
  return told;
}

/** Kubernetes writes whole seconds. */
function timestamp(clock: Clock): string {
  return rfc3339(clock.wallTime()).replace(/\.\d+Z$/, 'Z');
}
