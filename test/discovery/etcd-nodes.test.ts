import { expect, test } from 'vitest';
import type { Fault } from '../../simulator/faults/fault.ts';
import { nodeProgram, type NodeInspection } from '../../simulator/node-program.ts';
import { createEtcd, type EtcdInspection } from '../../simulator/services/etcd/etcd-service.ts';
import { EtcdState } from '../../simulator/services/etcd/etcd-state.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { World } from '../../simulator/world.ts';

const SECOND = 1_000_000;
const members = ['e1', 'e2', 'e3'];
const nodes = ['a', 'b', 'c', 'd'];
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function worldOf(faults: readonly Fault[]): World {
  const state = new EtcdState({ members });
  const etcd = serviceProgram(2_379, (ports) => createEtcd(ports, state));
  const endpoints = members.map((name) => `http://${name}:2379`);
  const node = nodeProgram({
    config: { cluster: { label: 'blue', discovery: { type: 'etcd', endpoints, lease_ttl_sec: 10 } } },
  });
  return new World({
    seed: 'etcd nodes',
    hosts: [
      ...members.map((name) => ({ name, program: etcd })),
      // The cluster of etcd has a leader by then.
      ...nodes.map((name) => ({ name, program: node, startAt: 4 * SECOND })),
    ],
    faults,
    duration: 120 * SECOND,
    latency: { kind: 'constant', delay: 500 },
  });
}

/** How many each node holds alive, itself included. */
function alive(world: World): number[] {
  return nodes.map((name) => {
    const { cluster } = world.host(name)!.running!.inspect as NodeInspection;
    return cluster.membership.members().filter(({ state }) => state === 'alive').length;
  });
}

const keys = (world: World): readonly string[] => (world.host('e1')!.running!.inspect as EtcdInspection).keys;

test('nodes that start together find each other within five seconds, and are one cluster', async () => {
  const world = worldOf([]);
  await world.runAsyncUntil(9 * SECOND, turn);
  expect(alive(world)).toEqual([4, 4, 4, 4]);
  expect(keys(world)).toEqual(nodes.map((name) => `/rollcall/blue/${name}`));
});

test('a node that stands still for longer than its lease is entered again, and one that leaves is gone at once', async () => {
  const world = worldOf([
    { id: 'pause', at: 20 * SECOND, kind: 'pause', hosts: ['a'], mode: 'freeze', for: 25 * SECOND },
    { id: 'leave', at: 80 * SECOND, kind: 'command', hosts: ['b'], command: 'leave' },
  ]);
  await world.runAsyncUntil(40 * SECOND, turn);
  expect(keys(world)).not.toContain('/rollcall/blue/a');
  await world.runAsyncUntil(79 * SECOND, turn);
  expect(keys(world)).toContain('/rollcall/blue/a');
  await world.runAsyncUntil(90 * SECOND, turn);
  expect(keys(world)).toEqual(['a', 'c', 'd'].map((name) => `/rollcall/blue/${name}`));
});

test('without etcd nobody is taken away, and everybody is entered once it is back', async () => {
  const down: Fault = { id: 'down', at: 20 * SECOND, kind: 'crash', hosts: members };
  const up: Fault = { id: 'up', at: 70 * SECOND, kind: 'restart', hosts: members, keepStore: true, newAddress: false };
  const world = worldOf([down, up]);
  await world.runAsyncUntil(69 * SECOND, turn);
  expect(alive(world)).toEqual([4, 4, 4, 4]);
  await world.runAsyncUntil(119 * SECOND, turn);
  expect(alive(world)).toEqual([4, 4, 4, 4]);
  expect(keys(world)).toEqual(nodes.map((name) => `/rollcall/blue/${name}`));
});
