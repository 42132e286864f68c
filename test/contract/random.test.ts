import { expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { bootedHosts } from './simulated.ts';
import { randomContract } from './random.contract.ts';

randomContract('seededRandom', seededRandom);
randomContract("a simulated host's random", (seed) => bootedHosts(['a'], { seed }).hosts.a!.random);

test('seededRandom draws the same numbers on every machine and in every version', () => {
  const random = seededRandom('rollcall');
  expect(Array.from({ length: 5 }, () => random.int(1000))).toMatchInlineSnapshot(`
    [
      780,
      838,
      493,
      469,
      423,
    ]
  `);
  expect(random.fork('label').int(1_000_000)).toMatchInlineSnapshot(`692296`);
});

test('hosts of one world, and boots of one host, draw from streams of their own', () => {
  const { world, hosts } = bootedHosts(['a', 'b'], {
    faults: [{ id: 'restart', kind: 'restart', at: 10, hosts: ['a'], keepStore: true, newAddress: false }],
  });
  const first = hosts.a!.random.int(4_294_967_296);
  world.runUntil(10);
  expect(new Set([first, hosts.a!.random.int(4_294_967_296), hosts.b!.random.int(4_294_967_296)]).size).toBe(3);
});
