import type { KubernetesOptions } from '../../core/discovery/kubernetes/kubernetes-source.ts';
import { messageOf } from '../../core/errors.ts';
import type { HttpClient } from '../../core/ports/http.ts';
import { MILLISECOND, SECOND } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import type { Host, HostSpec } from '../../simulator/program.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { createKubernetes } from '../../simulator/services/kubernetes/api-server.ts';
import { KubernetesState } from '../../simulator/services/kubernetes/state.ts';
import { World } from '../../simulator/world.ts';
import { sourceOn } from './kubernetes-under-test.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export interface Told {
  readonly atS: number;
  readonly addresses: readonly string[];
}

export interface KubernetesWorld {
  readonly world: World;
  readonly state: KubernetesState;
  /** All that the node's sittings told. */
  readonly told: Told[];
  /** When each sitting ended, and how. */
  readonly ends: { readonly atS: number; readonly how: string }[];
  /** Until so many seconds after the beginning. */
  runTo(seconds: number): Promise<void>;
}

/** The pause between two sittings of a node. */
const SPACING_MS = 500;

/**
 * API servers `api-1` and so on over one store on the host `etcd`, and a node that keeps following them: each of its
 * calls goes to any of the servers, as behind the one address that a real cluster has.
 */
export function kubernetesWorld(
  servers: number,
  faults: readonly Fault[],
  more: { readonly options?: Partial<KubernetesOptions>; readonly history?: number; readonly seed?: string } = {},
): KubernetesWorld {
  const state = new KubernetesState({
    storage: 'etcd',
    ...(more.history === undefined ? {} : { history: more.history }),
  });
  const [told, ends]: [Told[], { atS: number; how: string }[]] = [[], []];
  const names = Array.from({ length: servers }, (_, index) => `api-${index + 1}`);
  const seconds = (): number => Math.round(world.now() / MILLISECOND) / 1_000;
  const node = async (host: Host): Promise<void> => {
    const source = sourceOn(
      {
        clock: host.clock,
        http: () => anyOf(host, names),
        environment: { KUBERNETES_SERVICE_HOST: 'api', KUBERNETES_SERVICE_PORT: '443' },
      },
      state.serviceAccount,
      more.options ?? {},
    );
    const watcher = {
      found: ({ candidates }: { candidates: readonly { address: string }[] }): void => {
        told.push({ atS: seconds(), addresses: candidates.map(({ address }) => address) });
      },
    };
    const sit = async (): Promise<void> => {
      const how = await source.watch(watcher, new AbortController().signal).then(() => 'in order', messageOf);
      ends.push({ atS: seconds(), how });
      host.clock.after(SPACING_MS * MILLISECOND, () => void sit());
    };
    void sit();
  };
  const idle = { name: 'etcd', program: async (): Promise<void> => {} };
  const apis = names.map((name): HostSpec => {
    return { name, program: serviceProgram(443, (ports) => createKubernetes(ports, state)) };
  });
  const world: World = new World({
    seed: more.seed ?? 'kubernetes',
    hosts: [idle, ...apis, { name: 'node', program: node, startAt: SECOND }],
    faults,
    duration: 10_000 * SECOND,
    latency: { kind: 'constant', delay: MILLISECOND / 2 },
  });
  return { world, state, told, ends, runTo: (until) => world.runAsyncUntil(until * SECOND, turn) };
}

function anyOf(host: Host, names: readonly string[]): HttpClient {
  const [client, random] = [simulatedHttpClient(host), host.random.fork('which')];
  return { call: (call) => client.call({ ...call, url: call.url.replace('//api:', `//${random.pick(names)}:`) }) };
}
