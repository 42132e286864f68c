import { expect, test } from 'vitest';
import { EtcdCalls } from '../../core/discovery/etcd/etcd-calls.ts';
import { EtcdClient } from '../../core/discovery/etcd/etcd-client.ts';
import { etcdSource } from '../../core/discovery/etcd/etcd-source.ts';
import type { Lease } from '../../core/discovery/source.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import type { Program } from '../../simulator/program.ts';
import { createEtcd, type EtcdInspection } from '../../simulator/services/etcd/etcd-service.ts';
import { EtcdState } from '../../simulator/services/etcd/etcd-state.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { World } from '../../simulator/world.ts';
import { ask, self } from '../contract/etcd-sources.ts';

const SECOND = 1_000_000;
const members = ['e1', 'e2', 'e3'];
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

interface Played {
  readonly world: World;
  readonly kept: { at: number; said: string }[];
}

/** One node that keeps its entry for as long as the world lasts, beside three members that suffer these faults. */
async function play(faults: readonly Fault[], seconds: number): Promise<Played> {
  const state = new EtcdState({ members });
  const kept: { at: number; said: string }[] = [];
  const node: Program = async (host) => {
    const { clock } = host;
    const endpoints = members.map((name) => `http://${name}:2379`);
    const calls = new EtcdCalls({ endpoints, user: '', password: '' }, async () => simulatedHttpClient(host));
    const options = { prefix: 'p', label: '', leaseTtlSec: 6, refreshIntervalMs: 5_000, serializable: false };
    const source = etcdSource({ ...options, register: true }, new EtcdClient(calls, clock), clock);
    let lease: Lease | undefined;
    const step = async (): Promise<void> => {
      const before = lease;
      const said = await (async () => {
        if (lease === undefined) {
          lease = await source.register!(self('n', '10.0.0.9:7946', { label: '' }), ask(1_500));
          return 'entered';
        }
        if (await lease.keep(ask(1_500))) return 'kept';
        lease = undefined;
        return 'lost';
      })().catch(() => 'failed');
      kept.push({ at: Math.floor(clock.now() / SECOND), said });
      if (before !== undefined && lease === undefined) return step();
      clock.after(2 * SECOND, () => void step());
    };
    clock.after(3 * SECOND, () => void step());
  };
  const etcd = serviceProgram(2_379, (ports) => createEtcd(ports, state));
  const world = new World({
    seed: 'etcd',
    hosts: [...members.map((name) => ({ name, program: etcd })), { name: 'node', program: node }],
    faults,
    duration: seconds * SECOND,
    latency: { kind: 'constant', delay: 500 },
  });
  await world.runAsync(turn);
  return { world, kept };
}

const inspection = ({ world }: Played): EtcdInspection => world.host('e1')!.running!.inspect as EtcdInspection;
const said = ({ kept }: Played): string[] => kept.map((one) => one.said);

test('a member that crashes or is cut off is passed over, and a cluster in two halves has one that goes on', async () => {
  const faults: Fault[] = [
    { id: 'crash', at: 10 * SECOND, kind: 'crash', hosts: ['e1'] },
    { id: 'restart', at: 20 * SECOND, kind: 'restart', hosts: ['e1'], keepStore: true, newAddress: false },
    { id: 'halves', at: 30 * SECOND, kind: 'partition', groups: [['e2'], ['e1', 'e3', 'node']], for: 15 * SECOND },
  ];
  const played = await play(faults, 60);
  expect(said(played).filter((one) => one === 'kept').length).toBeGreaterThan(20);
  expect(said(played)).not.toContain('lost');
  expect(inspection(played).keys).toEqual(['/p/default/n']);
  expect(played.world.struckIds).toContain('halves');
});

test('a cluster without a majority takes no lease away, and the entry outlives a leader that is lost', async () => {
  const faults: Fault[] = members.slice(0, 2).map((name) => ({
    id: `deaf ${name}`,
    at: 10 * SECOND,
    kind: 'service',
    hosts: [name],
    effect: 'etcd-no-leader',
    for: 15 * SECOND,
  }));
  const played = await play(faults, 45);
  expect(said(played)).toContain('failed');
  expect(said(played).at(-1)).toBe('kept');
  expect(said(played)).not.toContain('lost');
  expect(played.world.struckIds).toEqual(expect.arrayContaining(['deaf e1', 'deaf e2']));
});

test('a node that stands still for longer than its lease loses its entry, and enters itself anew', async () => {
  const faults: Fault[] = [
    { id: 'pause', at: 10 * SECOND, kind: 'pause', hosts: ['node'], mode: 'freeze', for: 15 * SECOND },
  ];
  const played = await play(faults, 40);
  expect(said(played).filter((one) => one === 'lost')).toHaveLength(1);
  expect(said(played).filter((one) => one === 'entered')).toHaveLength(2);
  expect(inspection(played).keys).toEqual(['/p/default/n']);
});

test('the same seed plays the same run', async () => {
  const faults: Fault[] = [
    { id: 'stop', at: 8 * SECOND, kind: 'pause', hosts: ['e2'], mode: 'freeze', for: 4 * SECOND },
    { id: 'lost', at: 15 * SECOND, kind: 'service', hosts: ['e1'], effect: 'etcd-lease-lost', for: 1 },
    { id: 'past', at: 18 * SECOND, kind: 'service', hosts: ['e3'], effect: 'etcd-compact', for: 1 },
  ];
  const [one, other] = [await play(faults, 25), await play(faults, 25)];
  expect(one.world.hash).toBe(other.world.hash);
  expect(said(one)).toEqual(said(other));
  expect(said(one)).toContain('lost');
  expect(one.world.struckIds).toEqual(expect.arrayContaining(['lost', 'past']));
});
