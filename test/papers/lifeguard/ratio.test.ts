import { expect, test } from 'vitest';
import { estimateRatio, type Pair } from '../../../scenarios/papers/lifeguard/ratio.ts';

const pairs = (stratum: string, ...values: [part: number, whole: number][]): Pair[] =>
  values.map(([part, whole]) => ({ stratum, part, whole }));

test('a ratio is that of the sums, so that cells weigh as much as happens in them', () => {
  expect(estimateRatio([...pairs('a', [1, 100]), ...pairs('b', [50, 100], [0, 0])]).value).toBeCloseTo(0.255);
});

test('its interval holds it, and is wide where cells differ', () => {
  const alike = estimateRatio(pairs('a', [10, 100], [11, 100], [9, 100], [10, 100]));
  const unlike = estimateRatio(pairs('a', [0, 100], [40, 100], [0, 100], [0, 100]));
  for (const { low, value, high } of [alike, unlike]) {
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
  }
  expect(alike.high - alike.low).toBeLessThan(0.021);
  expect(unlike.high - unlike.low).toBeGreaterThan(0.2);
});

test('no stratum stands in for another', () => {
  const constant = estimateRatio([...pairs('a', [0, 100], [0, 100]), ...pairs('b', [100, 100], [100, 100])]);
  expect(constant).toMatchObject({ value: 0.5, low: 0.5, high: 0.5, samples: 4 });
});

test('what was never seen may still be as often as 7.6 times, and is not certainly absent', () => {
  expect(estimateRatio(pairs('a', [0, 60], [0, 40]))).toMatchObject({ value: 0, low: 0 });
  expect(estimateRatio(pairs('a', [0, 60], [0, 40])).high).toBeCloseTo(0.076, 3);
});

test('the same cells give the same interval every time', () => {
  const some = pairs('a', [3, 10], [5, 20], [0, 1]);
  expect(estimateRatio(some)).toEqual(estimateRatio(some));
});

test('nothing is no part of nothing', () => {
  expect(estimateRatio(pairs('a', [0, 0]))).toMatchObject({ value: 0, low: 0, high: 0 });
});
