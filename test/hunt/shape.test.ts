import { expect, test } from 'vitest';
import { crashOfOne } from '../../scenarios/builtin/crashes.ts';
import { playWorld } from '../../scenarios/play.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };

async function play(seed: number, mode: 'reference' | 'wire', shape = true) {
  const { world } = await playWorld(crashOfOne, seed, { mode, code, shape });
  return { hash: world.hash, shape: world.shape };
}

test('a run has one shape, in both modes, and taking it changes nothing', async () => {
  const [once, wired, without, other] = [
    await play(3, 'reference'),
    await play(3, 'wire'),
    await play(3, 'reference', false),
    await play(4, 'reference'),
  ];
  expect(wired).toEqual(once);
  expect(without).toEqual({ hash: once.hash, shape: [] });
  expect(once.shape.length).toBeGreaterThan(20);
  // Another run does much of the same, and something else.
  const shared = once.shape.filter((feature) => other.shape.includes(feature)).length;
  expect(shared).toBeGreaterThan(20);
  expect(shared).toBeLessThan(Math.min(once.shape.length, other.shape.length));
});
