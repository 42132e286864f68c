import { expect, test } from 'vitest';
import { detectCrash } from '../../scenarios/papers/swim-detection.ts';
import { spreadOfFailure } from '../../scenarios/papers/swim-infection.ts';
import { readLoad } from '../../scenarios/papers/swim-load.ts';
import { longestGap } from '../../scenarios/papers/swim-picks.ts';
import { suspicionsOfCrash } from '../../scenarios/papers/swim-suspicion.ts';

test.each([5, 28])('each of %i members sends and receives two messages per period', (size) => {
  const load = readLoad(size, 1);
  expect(load.sent).toBeCloseTo(2, 2);
  expect(load.received).toBeCloseTo(2, 2);
});

test('a crash is suspected a whole period after the first ping, so never sooner', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { rounds, suspicion } = detectCrash(8, seed);
    expect(rounds).toBeGreaterThanOrEqual(1);
    // The turn that picks the dead one begins within its round; the suspicion ends that turn.
    expect(suspicion).toBeGreaterThanOrEqual(1);
    expect(suspicion).toBeLessThanOrEqual(rounds + 1);
  }
});

test('a measurement is a function of its seed', () => {
  expect(detectCrash(16, 7)).toEqual(detectCrash(16, 7));
  expect(detectCrash(16, 7)).not.toEqual(detectCrash(16, 8));
});

test.each([
  [19, 9],
  [20, 12],
  [53, 12],
  [54, 15],
])('a suspicion among %i members lasts %i periods', (size, periods) => {
  expect(new Set(suspicionsOfCrash(size, 1))).toEqual(new Set([periods]));
});

test('the same target is picked again within 2n - 1 periods, and sometimes only then', () => {
  const gaps = Array.from({ length: 5 }, (_, seed) => longestGap(8, seed + 1));
  expect(Math.max(...gaps)).toBe(2 * 7 - 1);
});

test('everybody hears of a failure within 3 ln n periods of the first', () => {
  for (let seed = 1; seed <= 3; seed += 1) {
    expect(spreadOfFailure('acquainted', 28, seed).last).toBeLessThan(3 * Math.log(28));
  }
});

test('in a group that has just been formed, few acks carry news, and it takes longer', () => {
  const sumOf = (group: 'acquainted' | 'just formed') =>
    [1, 2, 3, 4, 5, 6].reduce((sum, seed) => sum + spreadOfFailure(group, 28, seed).last, 0);
  expect(sumOf('just formed')).toBeGreaterThan(1.3 * sumOf('acquainted'));
});
