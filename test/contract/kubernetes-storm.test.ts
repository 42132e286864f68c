import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { KubernetesState } from '../../simulator/services/kubernetes/state.ts';
import { kubernetesWorld } from './kubernetes-world.ts';

const SERVERS = ['api-1', 'api-2', 'api-3'];
const STORM_S = 60;
/** Longer than silence, lag and the pauses between sittings together; shorter than any watch, whose end would hide mistakes. */
const QUIET_S = 150;
const labels = { app: 'engram' };

const name = fc.constantFrom('p0', 'p1', 'p2', 'p3', 'p4', 'p5');
const stage = fc.constantFrom('pending', 'no-ip', 'running', 'ready', 'terminating');
const change = fc.oneof(
  fc.record({
    command: fc.constant('create'),
    argument: fc.record({ name, stage, labels: fc.constantFrom(labels, {}) }),
  }),
  fc.record({ command: fc.constant('start'), argument: fc.record({ name, labels: fc.constant(labels) }) }),
  fc.record({ command: fc.constant('stage'), argument: fc.record({ name, stage }) }),
  fc.record({ command: fc.constantFrom('stop', 'delete'), argument: fc.record({ name }) }),
  fc.record({ command: fc.constantFrom('compact'), argument: fc.constant({}) }),
  fc.record({ command: fc.constant('repack'), argument: fc.constant({ name: 'engram' }) }),
  fc.record({ command: fc.constant('rotate'), argument: fc.record({ token: fc.constantFrom('x', 'y', '') }) }),
);
const trouble = fc.oneof(
  fc.record({
    effect: fc.constantFrom(
      'kubernetes-watch-silent',
      'kubernetes-watch-cut',
      'kubernetes-gone',
      'http-cut',
      'http-stall',
    ),
    argument: fc.constantFrom({}, { status: true }, { bytes: 200 }),
  }),
  fc.record({ effect: fc.constant('kubernetes-lag'), argument: fc.record({ ms: fc.nat(20_000) }) }),
  fc.record({ effect: fc.constant('kubernetes-throttled'), argument: fc.record({ retryAfter: fc.nat(5) }) }),
  fc.record({
    effect: fc.constantFrom('kubernetes-forbidden', 'kubernetes-unauthorized', 'http-status', 'http-replay'),
    argument: fc.constant({}),
  }),
);

const at = fc.integer({ min: 0, max: STORM_S });
const fault = fc.oneof(
  { weight: 6, arbitrary: fc.record({ at, change }) },
  { weight: 4, arbitrary: fc.record({ at, trouble, lastsS: fc.integer({ min: 1, max: 30 }), server: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({ at, cut: fc.constantFrom('etcd', 'node'), lastsS: fc.nat(30), server: fc.nat(2) }),
  },
);
type Drawn = typeof fault extends fc.Arbitrary<infer T> ? T : never;

function schedule(drawn: readonly Drawn[]): Fault[] {
  return drawn.map((one, index): Fault => {
    const base = { id: `f${index}`, at: one.at * SECOND };
    if ('change' in one) return { ...base, kind: 'command', hosts: ['api-1'], ...one.change };
    const [server, lasts] = [SERVERS[one.server]!, Math.min(one.lastsS, STORM_S - one.at) * SECOND];
    if ('cut' in one) return { ...base, kind: 'partition', groups: [[one.cut], [server]], for: lasts };
    return { ...base, kind: 'service', hosts: [server], for: lasts, ...one.trouble };
  });
}

/** Judged from the store alone, and in words of its own. */
function eligible({ store }: KubernetesState): string[] {
  const pods = JSON.parse(JSON.stringify([...store.objects.values()])) as Record<string, Record<string, unknown>>[];
  return pods
    .filter(({ kind, metadata, status }) => {
      const labelled = (metadata!['labels'] as { app?: string }).app === 'engram';
      const alive = metadata!['deletionTimestamp'] === undefined && status?.['phase'] === 'Running';
      return (kind as unknown) === 'Pod' && labelled && alive && status?.['podIP'] !== undefined;
    })
    .map(({ status }) => `${String(status!['podIP'])}:7946`)
    .toSorted();
}

test.each([
  ['pods', {}],
  ['the slices of a service', { service: 'engram', labelSelector: '' }],
])(
  'whatever happened to %s, to watches and to servers: after quiet time the node knows exactly who is there',
  async (_, options) => {
    const seen = { ends: new Set<string>(), found: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 10, maxLength: 60 }), fc.nat(), async (drawn, seed) => {
        const service = { name: 'engram', selector: labels, ports: {}, perSlice: 2 };
        const first: Fault = {
          id: 's',
          at: 0,
          kind: 'command',
          hosts: ['api-1'],
          command: 'service',
          argument: service,
        };
        const world = kubernetesWorld(3, [first, ...schedule(drawn)], { options, history: 20, seed: String(seed) });
        await world.runTo(STORM_S + QUIET_S);
        expect(world.told.at(-1)!.addresses.toSorted()).toEqual(eligible(world.state));
        for (const { how } of world.ends) seen.ends.add(/status \d+|in order/.exec(how)?.[0] ?? how);
        seen.found += eligible(world.state).length;
      }),
      { numRuns: 120, seed: 2 },
    );
    // A storm in which nothing happens would show nothing.
    expect(seen.ends.size).toBeGreaterThan(5);
    expect(seen.found).toBeGreaterThan(10);
  },
);
