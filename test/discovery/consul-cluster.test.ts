import { expect, test } from 'vitest';
import type { NodeInspection } from '../../simulator/node-program.ts';
import { nodeProgram } from '../../simulator/node-program.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { createConsul } from '../../simulator/services/consul/consul.ts';
import { ConsulState } from '../../simulator/services/consul/state.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { playedWorld } from '../contract/played-world.ts';

const SECOND = 1_000_000;

/** Whole nodes that know a Consul server and nothing else. */
async function clusterOn(state: ConsulState, faults: readonly Fault[] = []) {
  const config = { cluster: { discovery: { type: 'consul', service_name: 'web', addr: 's1:8500' } } };
  const consul = serviceProgram(8_500, (ports) => createConsul(ports, state));
  const node = nodeProgram({ config });
  const played = await playedWorld({ s1: consul, n1: node, n2: node, n3: node }, faults);
  const membersOf = (name: string): string[] => {
    const { cluster } = played.world.host(name)!.running!.inspect as NodeInspection;
    return cluster.membership
      .members()
      .filter(({ state }) => state === 'alive')
      .map((member) => member.name)
      .toSorted();
  };
  const entered = (): string[] =>
    state.replicas
      .get('s1')!
      .catalog.instances('web')
      .map(({ service }) => service.id);
  return { ...played, membersOf, entered };
}

test('nodes that start together find each other through Consul within five seconds, and are entered there', async () => {
  const cluster = await clusterOn(new ConsulState());
  await cluster.pause(5_000);
  for (const name of ['n1', 'n2', 'n3']) expect(cluster.membersOf(name)).toEqual(['n1', 'n2', 'n3']);
  await cluster.pause(1_000);
  expect(cluster.entered()).toEqual(['n1', 'n2', 'n3']);
});

test('an agent that forgets, elections and the death of Consul cost the cluster nobody; a node that leaves is taken out', async () => {
  const forgets: Fault = {
    id: 'f',
    kind: 'service',
    at: 20 * SECOND,
    hosts: ['s1'],
    effect: 'consul-agent-forgets',
    for: 0,
  };
  const noLeader: Fault = {
    id: 'l',
    kind: 'service',
    at: 40 * SECOND,
    hosts: ['s1'],
    effect: 'consul-no-leader',
    for: 10 * SECOND,
  };
  const leaves: Fault = { id: 'n', kind: 'command', at: 70 * SECOND, hosts: ['n3'], command: 'leave' };
  const crash: Fault = { id: 'c', kind: 'crash', at: 80 * SECOND, hosts: ['s1'] };
  const state = new ConsulState();
  const cluster = await clusterOn(state, [forgets, noLeader, leaves, crash]);
  await cluster.pause(22_000);
  expect(cluster.entered()).toEqual([]);
  await cluster.pause(15_000);
  expect(cluster.entered()).toEqual(['n1', 'n2', 'n3']);
  await cluster.pause(30_000);
  expect(cluster.membersOf('n1')).toEqual(['n1', 'n2', 'n3']);
  await cluster.pause(8_000);
  expect(cluster.entered()).toEqual(['n1', 'n2']);
  await cluster.pause(60_000);
  expect(cluster.membersOf('n1')).toEqual(['n1', 'n2']);
});
