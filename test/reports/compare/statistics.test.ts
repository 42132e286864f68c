import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holm } from '../../../reports/compare/holm.ts';
import { rankTest } from '../../../reports/compare/mann-whitney.ts';
import { upperQuantile, upperTail } from '../../../reports/compare/normal.ts';
import { fewestRuns, isBlind, visibleDelta } from '../../../reports/compare/power.ts';
import { tailChance } from '../../../reports/compare/tail.ts';

describe("Mann and Whitney's test gives the published values", () => {
  test('of five men and four women, exactly: U = 17 of 20 pairs, p = 1/9', () => {
    const { delta, p } = rankTest([20, 11, 17, 12], [19, 22, 16, 29, 24]);
    expect(delta).toBeCloseTo((2 * 17) / 20 - 1, 12);
    expect(p).toBeCloseTo(1 / 9, 12);
  });

  test("of Hollander and Wolfe's membranes, exactly: U = 35 of 50 pairs, one-sided p = 0.1272", () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { delta, p } = rankTest(early, term);
    expect(delta).toBeCloseTo((2 * 35) / 50 - 1, 12);
    expect(p / 2).toBeCloseTo(0.1272, 4);
  });

  test("of New York's ozone in May and August, with ties and continuity: U = 127.5, p = 0.0001208", () => {
    const may = [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37];
    const august = [
      39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85,
    ];
    const { delta, p } = rankTest(august, may);
    expect(((delta + 1) * 26 * 26) / 2).toBeCloseTo(127.5, 9);
    expect(p).toBeCloseTo(0.0001208, 7);
  });
});

describe("Mann and Whitney's test", () => {
  const small = fc.array(fc.oneof(fc.nat(4), fc.constant(Infinity)), { minLength: 1, maxLength: 5 });

  test('counts, in small samples with ties, the ways to deal the values that are as uneven', () => {
    fc.assert(
      fc.property(small, small, (first, second) => {
        const { delta, p } = rankTest(first, second);
        const distances = deals([...first, ...second], second.length).map(([a, b]) => Math.abs(dominance(a, b)));
        const far = distances.filter((distance) => distance >= Math.abs(dominance(first, second)) - 1e-9);
        expect(delta).toBeCloseTo(dominance(first, second), 9);
        expect(p).toBeCloseTo(far.length / distances.length, 9);
      }),
      { numRuns: 100 },
    );
  });

  test('says the same of both directions', () => {
    const values = fc.array(fc.nat(30), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, values, (first, second) => {
        const [there, back] = [rankTest(first, second), rankTest(second, first)];
        expect(there.delta).toBeCloseTo(-back.delta, 9);
        expect(there.p).toBeCloseTo(back.p, 9);
      }),
      { numRuns: 100 },
    );
  });

  test('finds nothing between samples that are all alike, whether they are counted or taken for normal', () => {
    for (const size of [3, 100]) {
      const alike = Array<number>(size).fill(7);
      expect(rankTest(alike, alike)).toEqual({ delta: 0, p: 1 });
    }
  });

  test('goes over from counting to the normal distribution without a step', () => {
    const counted = rankTest(
      evens(12),
      evens(12).map((value) => value + 7),
    );
    const normal = rankTest(
      evens(13),
      evens(13).map((value) => value + 7),
    );
    expect(counted.p).toBeGreaterThan(normal.p * 0.8);
    expect(counted.p).toBeLessThan(normal.p * 1.5);
  });
});

test('the normal distribution has its well-known tails', () => {
  expect(upperTail(0)).toBeCloseTo(0.5, 7);
  expect(upperTail(1.959964)).toBeCloseTo(0.025, 7);
  expect(upperTail(-1.959964)).toBeCloseTo(0.975, 7);
  expect(upperTail(6) / 9.865876e-10).toBeCloseTo(1, 5);
  expect(upperQuantile(0.025)).toBeCloseTo(1.959964, 5);
});

test("Holm's correction gives its textbook example", () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [index, value] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[index]).toBeCloseTo(value, 12);
  expect(holm([])).toEqual([]);
});

test('the chance of a tail is that of the lady who tasted tea', () => {
  expect(tailChance(4, 4, 4, 4)).toBeCloseTo(1 / 70, 12);
  expect(tailChance(4, 4, 4, 3)).toBeCloseTo(17 / 70, 12);
  expect(tailChance(4, 4, 4, 0)).toBeCloseTo(1, 12);
});

test('how many runs are needed follows from what they could show at best', () => {
  expect(isBlind(4, 4, 0.05)).toBe(false);
  expect(isBlind(3, 3, 0.05)).toBe(true);
  expect(fewestRuns(0.05)).toBe(4);
  // Noether's formula, for a level of 5 %, 80 % of the cases, and 50 values on either side.
  expect(visibleDelta(50, 50, 0.05)).toBeCloseTo(2.8016 * Math.sqrt(101 / 7_500), 4);
});

function evens(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 2 * index);
}

/** All ways to take `count` of these values, with the rest. */
function deals(values: readonly number[], count: number): [rest: number[], taken: number[]][] {
  const [value, ...others] = values;
  if (value === undefined) return count === 0 ? [[[], []]] : [];
  const without = deals(others, count).map(([rest, taken]): [number[], number[]] => [[value, ...rest], taken]);
  if (count === 0) return without;
  return [
    ...without,
    ...deals(others, count - 1).map(([rest, taken]): [number[], number[]] => [rest, [value, ...taken]]),
  ];
}

/** Cliff's delta by its definition. */
function dominance(first: readonly number[], second: readonly number[]): number {
  let sum = 0;
  for (const a of first) for (const b of second) sum += b > a ? 1 : b < a ? -1 : 0;
  return sum / (first.length * second.length);
}
