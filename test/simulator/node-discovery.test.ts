import { expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { nodeProgram, type NodeInspection, type NodeProgramOptions } from '../../simulator/node-program.ts';
import type { Program } from '../../simulator/program.ts';
import { dnsServerProgram } from '../../simulator/services/dns/program.ts';
import { DnsZone } from '../../simulator/services/dns/zone.ts';
import { playedWorld } from '../contract/played-world.ts';

const NAMES = ['a', 'b', 'c'];

async function whole(options: NodeProgramOptions, others: Record<string, Program> = {}, faults: readonly Fault[] = []) {
  const programs = { ...others, ...Object.fromEntries(NAMES.map((name) => [name, nodeProgram(options)])) };
  const { world, pause } = await playedWorld(programs, faults);
  const alive = (name: string): string[] => {
    const { cluster } = world.host(name)!.running!.inspect as NodeInspection;
    const living = cluster.membership.members().filter(({ state }) => state === 'alive');
    return living.map((member) => member.name).toSorted();
  };
  return { alive, pause };
}

test('whole nodes find each other through a name service of their world', async () => {
  const records = NAMES.map((name) => `_swim._tcp.disco.test 5 SRV 0 0 7946 ${name}.disco.test`);
  const addresses = NAMES.map((name) => `${name}.disco.test 5 A @${name}`);
  const zones = [new DnsZone({ origin: 'disco.test', primary: 'ns', records: [...records, ...addresses] })];
  const config = { cluster: { discovery: { type: 'dns' as const, service: '_swim._tcp.disco.test' } } };
  const { alive, pause } = await whole({ config, nameServers: ['ns'] }, { ns: dnsServerProgram({ zones }) });
  await pause(20_000);
  expect(NAMES.map(alive)).toEqual([NAMES, NAMES, NAMES]);
});

test('whole nodes find each other on their link, and one that stops is not announced any more', async () => {
  const config = { cluster: { discovery: { type: 'mdns' } } };
  const links = [{ name: 'lan', hosts: NAMES }];
  const stop: Fault = { id: 'stop', kind: 'command', hosts: ['c'], command: 'stop', at: 30 * SECOND };
  const { alive, pause } = await whole({ config, links }, {}, [stop]);
  await pause(25_000);
  expect(NAMES.map(alive)).toEqual([NAMES, NAMES, NAMES]);
  await pause(25_000);
  expect(alive('a')).toEqual(['a', 'b']);
});
