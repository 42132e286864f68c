import { describe, expect, test } from 'vitest';
import { delayFrom, Delays } from '../../simulator/delays.ts';
import { draw, packetKey } from '../../simulator/draws.ts';
import { exponential, logarithm } from '../../simulator/exponent.ts';
import type { LatencyModel } from '../../simulator/latency.ts';

const COUNT = 40_000;

/** Sorted delays of many packets. */
function sample(model: LatencyModel): number[] {
  const table = new Delays(model, ['']).table(0, 0);
  return Array.from({ length: COUNT }, (_, nth) => delayFrom(table, draw(packetKey(7, 1, 2, nth, 0, 0), 1))).toSorted(
    (a, b) => a - b,
  );
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const quantile = (values: number[], share: number): number => values[Math.floor(values.length * share)] as number;

describe('latency', () => {
  test('constant is always the same', () => {
    const delays = sample({ kind: 'constant', delay: 1234 });
    expect([delays[0], delays.at(-1)]).toEqual([1234, 1234]);
  });

  test('uniform fills its range evenly', () => {
    const delays = sample({ kind: 'uniform', min: 1000, max: 3000 });
    expect(delays[0]).toBeGreaterThanOrEqual(1000);
    expect(delays.at(-1)).toBeLessThanOrEqual(3000);
    expect(quantile(delays, 0.25)).toBeCloseTo(1500, -2);
    expect(quantile(delays, 0.9)).toBeCloseTo(2800, -2);
  });

  test('exponential has its mean, its median and its long tail', () => {
    const delays = sample({ kind: 'exponential', min: 500, mean: 10_000 });
    expect(delays[0]).toBeGreaterThanOrEqual(500);
    expect(Math.abs(mean(delays) - 10_500)).toBeLessThan(200);
    expect(Math.abs(quantile(delays, 0.5) - 7431)).toBeLessThan(200);
    expect(Math.abs(quantile(delays, 0.99) - 46_552)).toBeLessThan(2500);
  });

  test('lognormal has its median and its spread, and is cut at eight medians', () => {
    const delays = sample({ kind: 'lognormal', median: 10_000, sigmaPerMille: 500 });
    expect(Math.abs(quantile(delays, 0.5) - 10_000)).toBeLessThan(150);
    expect(Math.abs(quantile(delays, 0.8413) - 16_487)).toBeLessThan(400);
    expect(sample({ kind: 'lognormal', median: 1000, sigmaPerMille: 2000 }).at(-1)).toBe(8000);
  });

  test('a zone matrix gives each ordered pair of zones its own model', () => {
    const constant = (delay: number): LatencyModel => ({ kind: 'constant', delay });
    const model: LatencyModel = {
      kind: 'zones',
      pairs: { 'a>b': constant(7), 'b>b': constant(1) },
      otherwise: constant(9),
    };
    const delays = new Delays(model, ['a', 'b']);
    const between = (from: string, to: string): number =>
      delayFrom(delays.table(delays.zone(from), delays.zone(to)), 12_345);
    expect([between('a', 'b'), between('b', 'b'), between('b', 'a'), between('a', 'a')]).toEqual([7, 1, 9, 9]);
  });

  test.each([
    [{ kind: 'constant', delay: -1 }],
    [{ kind: 'uniform', min: 5, max: 4 }],
    [{ kind: 'exponential', min: 0.5, mean: 1 }],
  ] as [LatencyModel][])('%o is refused', (model) => {
    expect(() => new Delays(model, [''])).toThrow('latency');
  });
});

describe('the exponential and the logarithm from basic operations', () => {
  test('agree with the language to twelve digits', () => {
    for (let x = -20; x <= 20; x += 0.37) expect(exponential(x) / Math.exp(x)).toBeCloseTo(1, 12);
    for (let x = 0.001; x < 5000; x *= 1.7) expect(logarithm(x)).toBeCloseTo(Math.log(x), 12);
  });
});
