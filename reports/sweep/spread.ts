import { quantile } from '../../scenarios/summary.ts';
import type { FigurePoint } from './figure.ts';

/** The median with the 10th and the 90th percentile; nothing when the half of all seeds never got there. */
export function medianPoint(x: number, samples: readonly (number | null)[], unit: number): FigurePoint[] {
  const sorted = samples.map((sample) => (sample ?? Number.POSITIVE_INFINITY) / unit).toSorted((a, b) => a - b);
  const [y, low, high] = [50, 10, 90].map((perCent) => quantile(sorted, perCent) ?? Number.POSITIVE_INFINITY);
  if (!Number.isFinite(y)) return [];
  const reached = Number.isFinite(high) ? high : sorted.findLast(Number.isFinite);
  return [{ x, y: y!, low: low!, high: reached!, seeds: samples.length }];
}

/** The mean with the 10th and the 90th percentile: for what happens in few seeds, and then often. */
export function meanPoint(x: number, samples: readonly number[]): FigurePoint {
  const sorted = samples.toSorted((a, b) => a - b);
  const y = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  return { x, y, low: quantile(sorted, 10)!, high: quantile(sorted, 90)!, seeds: samples.length };
}
