import { expect, test } from 'vitest';
import type { ConfigTable } from '../../core/config/layers.ts';
import { nodeProgram, type NodeInspection } from '../../simulator/node-program.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { createRegistry } from '../../simulator/services/registry/registry.ts';
import { Disk } from '../../simulator/sim-files.ts';
import { playedWorld } from '../contract/played-world.ts';

const SECOND = 1_000_000;
const names = ['a', 'b', 'c'];

async function together(
  discovery: ConfigTable,
  mounts: Readonly<Record<string, Disk>> = {},
): Promise<{ pause(ms: number): Promise<void>; alive(name: string): string[] }> {
  const node = nodeProgram({ config: { cluster: { discovery }, admin: { enabled: false } }, mounts });
  const registry = serviceProgram(80, (ports) => createRegistry(ports));
  const { world, pause } = await playedWorld({ registry, ...Object.fromEntries(names.map((name) => [name, node])) }, [
    { id: 'c', at: 120 * SECOND, kind: 'restart', hosts: ['c'], keepStore: true, newAddress: false },
  ]);
  return {
    pause,
    alive(name) {
      const { cluster } = world.host(name)!.running!.inspect as NodeInspection;
      return cluster.membership
        .members()
        .map((member) => member.name)
        .toSorted();
    },
  };
}

test.each([
  ['a registry that has just been started', { type: 'registry', registry_url: 'http://registry/' }, {}],
  [
    'a folder that they share',
    { type: 'file', paths: ['/shared'], register_path: '/shared/' },
    { '/shared': new Disk() },
  ],
])('whole nodes find each other through %s, and again after a restart', async (_, discovery, mounts) => {
  const { pause, alive } = await together(discovery, mounts);
  await pause(60_000);
  for (const name of names) expect(alive(name)).toEqual(names);
  await pause(90_000);
  expect(alive('c')).toEqual(names);
});
