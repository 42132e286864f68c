import { expect, test } from 'vitest';
import type { Cluster } from '../../core/cluster/cluster.ts';
import type { DiscoveryEvent } from '../../core/cluster/discovery.ts';
import type { ConfigTable } from '../../core/config/layers.ts';
import { readConfig } from '../../core/config/read.ts';
import type { Found, Lease, Self, Source } from '../../core/discovery/source.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { nodeProgram, type NodeInspection } from '../../simulator/node-program.ts';
import type { Host } from '../../simulator/program.ts';
import { playedWorld } from '../contract/played-world.ts';
import { broken, candidate, foundFrom } from '../discovery/timed.ts';

/** A backend that is consistent and takes its time: it knows the entries of all nodes that ask it. */
class Backend {
  readonly entries = new Map<string, Self>();
  readonly lookMs: number;
  readonly enterMs: number;
  keeps = 0;
  trouble: Error | undefined;

  constructor(enterMs = 20, lookMs = 10) {
    this.enterMs = enterMs;
    this.lookMs = lookMs;
  }

  source(host: Host, method = 'backend'): Source {
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => void host.clock.after(ms * 1_000, resolve));
    return {
      method,
      discover: async (): Promise<Found> => {
        await sleep(this.lookMs);
        if (this.trouble !== undefined) throw this.trouble;
        return foundFrom({ candidates: [...this.entries.values()].map(({ id, address }) => ({ id, address })) });
      },
      register: async (self: Self): Promise<Lease> => {
        await sleep(this.enterMs);
        if (this.trouble !== undefined) throw this.trouble;
        this.entries.set(self.id, self);
        return {
          keepEveryMs: 2_000,
          keep: async () => {
            this.keeps += 1;
            return this.entries.has(self.id);
          },
          release: async () => void this.entries.delete(self.id),
        };
      },
    };
  }
}

const told = (discovery: ConfigTable = {}): ConfigTable => ({
  cluster: { membership: { preset: 'fast' }, discovery },
  admin: { enabled: false },
});

async function nodes(
  names: readonly string[],
  sources: (host: Host) => readonly Source[],
  more: { discovery?: ConfigTable; faults?: readonly Fault[] } = {},
) {
  const program = nodeProgram({ config: told(more.discovery), sources });
  const played = await playedWorld(Object.fromEntries(names.map((name) => [name, program])), more.faults);
  const cluster = (name: string): Cluster => (played.world.host(name)!.running!.inspect as NodeInspection).cluster;
  const alive = (name: string): string =>
    cluster(name)
      .membership.members()
      .filter(({ state }) => state === 'alive')
      .map((member) => member.name)
      .toSorted()
      .join('');
  return { ...played, cluster, alive };
}

test('of nodes that start together one begins the cluster, and all others join it', async () => {
  for (const [enterMs, lookMs] of [
    [20, 10],
    [10, 300],
    [300, 10],
  ]) {
    const backend = new Backend(enterMs, lookMs);
    const names = 'abcdefgh'.split('');
    const { cluster, alive, pause } = await nodes(names, (host) => [backend.source(host)]);
    let alone = 0;
    for (const name of names) cluster(name).discovery.on(({ type }) => void (type === 'alone' && alone++));
    await pause(5_000);
    expect(names.map(alive)).toEqual(names.map(() => 'abcdefgh'));
    expect(alone).toBeLessThanOrEqual(1);
  }
});

test('a node that nobody could find does not begin alone', async () => {
  const backend = new Backend();
  const reading = new Backend();
  backend.trouble = broken();
  const { cluster, pause } = await nodes(['a'], (host) => {
    const { register } = backend.source(host);
    return [{ ...reading.source(host), register: register! }];
  });
  await pause(20_000);
  expect(cluster('a').readiness()).toMatchObject({ ready: false, reason: expect.stringContaining('is broken') });
  backend.trouble = undefined;
  await pause(60_000);
  expect(cluster('a').readiness()).toEqual({ ready: true });
});

test('halves that each wait for more members than they have find each other again', async () => {
  const backend = new Backend();
  const [left, right] = [
    ['a', 'b'],
    ['c', 'd'],
  ];
  const cut: Fault = { id: 'cut', kind: 'partition', at: 0, for: 60_000_000, groups: [left!, right!] };
  const { alive, cluster, pause } = await nodes(['a', 'b', 'c', 'd'], (host) => [backend.source(host)], {
    discovery: { expect: 3 },
    faults: [cut],
  });
  await pause(50_000);
  expect(cluster('a').readiness()).toEqual({ ready: false, reason: '2 of 3 expected members are there' });
  await pause(130_000);
  expect(['a', 'b', 'c', 'd'].map(alive)).toEqual(['abcd', 'abcd', 'abcd', 'abcd']);
  expect(cluster('d').readiness()).toEqual({ ready: true });
});

test.each(['leave', 'stop'] as const)(
  'a node that is told to %s while it begins leaves nothing behind',
  async (how) => {
    for (const afterMs of [0, 5, 15, 25, 100]) {
      const backend = new Backend();
      const { cluster, world, pause } = await nodes(['a'], (host) => [backend.source(host)]);
      await pause(afterMs);
      void cluster('a')[how]();
      await pause(10_000);
      const { keeps } = backend;
      await pause(60_000);
      expect([world.host('a')!.timers, backend.keeps - keeps]).toEqual([0, 0]);
      if (how === 'leave') expect([...backend.entries.keys()]).toEqual([]);
    }
  },
);

test('sources that stay keep their entries when the configuration is read again, however often; what goes is taken back', async () => {
  const backend = new Backend();
  const { cluster, world, pause } = await nodes(['a'], (host) => [backend.source(host)]);
  await pause(2_000);
  const { discovery } = cluster('a');
  const [before] = discovery.registrations;
  const events: DiscoveryEvent[] = [];
  discovery.on((event) => void events.push(event));
  for (const seed of ['10.9.0.1', '10.9.0.2', '10.9.0.3']) {
    cluster('a').reload(readConfig({ values: told({ seed_nodes: [seed] }), environment: {} }).config);
    await pause(200);
  }
  await pause(10_000);
  expect(discovery.registrations).toEqual([before]);
  expect([...backend.entries.keys()]).toEqual(['a']);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => events[0]!.sequence + i));
  await cluster('a').leave();
  const { keeps } = backend;
  await pause(60_000);
  expect([backend.entries.size, backend.keeps - keeps, world.host('a')!.timers]).toEqual([0, 0, 0]);
});

test('one broken backend keeps no other from having an entry, and each is taken back on its own', async () => {
  const [good, bad] = [new Backend(), new Backend()];
  bad.trouble = broken('bad');
  const { cluster, pause } = await nodes(['a'], (host) => [bad.source(host, 'bad'), good.source(host, 'good')]);
  await pause(3_000);
  expect(cluster('a').discovery.health().registrations).toMatchObject([
    { method: 'bad', state: 'failing' },
    { method: 'good', state: 'active', error: null },
  ]);
  await cluster('a').leave();
  expect(good.entries.size).toBe(0);
});

test('neither a listener that throws nor an address that is none ends discovery', async () => {
  let found: Partial<Found> = { candidates: ['10.0.0.9:0', 'nonsense'].map(candidate) };
  const source: Source = { method: 'odd', discover: async () => foundFrom(found) };
  const { cluster, alive, world, pause } = await nodes(['a', 'b'], (host) => (host.name === 'a' ? [source] : []));
  cluster('a').discovery.on(() => {
    throw new Error('a bug of the application');
  });
  await pause(20_000);
  found = { candidates: [candidate(world.host('b')!.address)] };
  await pause(40_000);
  expect(alive('a')).toBe('ab');
});

test('a list of peers that do not answer is not believed a second time, however long it is good for', async () => {
  let named = ['10.9.0.1:7946'];
  const source: Source = {
    method: 'list',
    discover: async () => ({ ...foundFrom(named), lifetimeMs: 300_000 }),
  };
  const { alive, world, pause } = await nodes(['a', 'b'], (host) => (host.name === 'a' ? [source] : []));
  await pause(15_000);
  named = [world.host('b')!.address];
  await pause(25_000);
  expect(alive('a')).toBe('ab');
});
