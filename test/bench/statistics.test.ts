import { describe, expect, test } from 'vitest';
import { latencyFrom } from '../../bench/node/latency-fit.ts';
import { quantile, ratioInterval, summaryOf } from '../../bench/node/statistics.ts';
import { seededRandom } from '../../core/random.ts';

describe('a summary', () => {
  test('reads quantiles between samples, whatever their order', () => {
    expect(summaryOf([40, 10, 20, 30, 50])).toEqual({ count: 5, min: 10, p50: 30, p90: 46, max: 50 });
    expect(quantile([1, 2], 0.5)).toBe(1.5);
    expect(quantile([7], 0.9)).toBe(7);
  });

  test('leaves the samples as they were', () => {
    const samples = [3, 1, 2];
    summaryOf(samples);
    expect(samples).toEqual([3, 1, 2]);
  });
});

describe('the interval of a ratio', () => {
  const random = seededRandom('samples');
  const drawn = (count: number, factor: number): number[] =>
    Array.from({ length: count }, () => factor * (1_000 + random.int(1_000)));

  test('holds the true ratio and shrinks with more samples', () => {
    const few = ratioInterval(drawn(20, 3), drawn(20, 2), 0.5, seededRandom('few'));
    const many = ratioInterval(drawn(500, 3), drawn(500, 2), 0.5, seededRandom('many'));
    for (const { low, high } of [few, many]) {
      expect(low).toBeLessThan(1.5);
      expect(high).toBeGreaterThan(1.5);
    }
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 2);
  });

  test('is a point when nothing varies', () => {
    expect(ratioInterval([6, 6, 6], [3, 3], 0.9, seededRandom('same'))).toEqual({ low: 2, high: 2 });
  });
});

test('a fitted latency has half of the median round trip, and its spread', () => {
  const even = Array.from({ length: 100 }, () => 200);
  expect(latencyFrom(even)).toEqual({ kind: 'lognormal', median: 100, sigmaPerMille: 0 });
  const spread = Array.from({ length: 101 }, (_, i) => (i < 90 ? 200 : 400));
  expect(latencyFrom(spread)).toEqual({ kind: 'lognormal', median: 100, sigmaPerMille: 541 });
});
