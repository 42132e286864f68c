import { expect, test } from 'vitest';
import { nodeProgram, type NodeInspection } from '../../simulator/node-program.ts';
import { playedWorld } from '../contract/played-world.ts';

test('whole nodes find each other by the names of their hosts', async () => {
  const config = { cluster: { membership: { preset: 'fast' }, discovery: { seed_nodes: ['a', 'b', 'c'] } } };
  const program = nodeProgram({ config });
  const { world, pause } = await playedWorld({ a: program, b: program, c: program });
  await pause(5_000);
  for (const name of ['a', 'b', 'c']) {
    const { cluster } = world.host(name)!.running!.inspect as NodeInspection;
    expect(
      cluster.membership
        .members()
        .map(({ name: one, state }) => `${one} ${state}`)
        .toSorted(),
    ).toEqual(['a alive', 'b alive', 'c alive']);
    expect(cluster.readiness()).toEqual({ ready: true });
  }
});
