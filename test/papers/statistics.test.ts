import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import {
  estimateChance,
  estimateMean,
  estimateMedian,
  largestOf,
  medianOf,
  rangeOf,
} from '../../scenarios/papers/statistics.ts';

const random = seededRandom('statistics');
const drawn = (count: number) => Array.from({ length: count }, () => random.int(1_000));

/** In how many of 400 trials an interval misses what it should hold. */
function misses(holds: () => boolean): number {
  return Array.from({ length: 400 }, holds).filter((held) => !held).length;
}

describe('intervals of 99.9 % hold what they estimate', () => {
  test.each([5, 12, 200])('a mean, from %i samples', (count) => {
    const held = () => {
      const { low, high } = estimateMean(drawn(count));
      return low <= 499.5 && 499.5 <= high;
    };
    expect(misses(held)).toBeLessThanOrEqual(2);
  });

  test.each([12, 100])('a median, from %i samples', (count) => {
    const held = () => {
      const { low, high } = estimateMedian(drawn(count));
      return low <= 499.5 && 499.5 <= high;
    };
    expect(misses(held)).toBeLessThanOrEqual(2);
  });

  test('a chance, however rare', () => {
    const held = () => {
      const hits = drawn(500).filter((value) => value < 4).length;
      const { low, high } = estimateChance(hits, 500);
      return low <= 0.004 && 0.004 <= high;
    };
    expect(misses(held)).toBeLessThanOrEqual(4);
  });
});

test('what never happened may still happen, and what always happened may fail', () => {
  expect(estimateChance(0, 1_000)).toMatchObject({ value: 0, low: 0 });
  expect(estimateChance(0, 1_000).high).toBeCloseTo(0.0107, 4);
  expect(estimateChance(1_000, 1_000)).toMatchObject({ value: 1, high: 1 });
});

test('equal samples leave nothing open', () => {
  expect(estimateMean([3, 3, 3])).toEqual({ value: 3, low: 3, high: 3, span: 'interval', samples: 3 });
});

test('the median is the sample in the middle, or between the two there', () => {
  expect(medianOf([5, 1, 3])).toBe(3);
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
});

test('ranges show the lowest and the highest sample, and bounds are compared with the largest', () => {
  expect(rangeOf([2, 6, 1])).toEqual({ value: 3, low: 1, high: 6, span: 'extremes', samples: 3 });
  expect(largestOf([2, 6, 1])).toMatchObject({ value: 6, low: 1, high: 6 });
});
