import type { Random } from '../../core/ports/random.ts';

export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly max: number;
}

/** Of at least one sample. */
export function summaryOf(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => quantileOfSorted(sorted, share);
  return { count: samples.length, min: at(0), p50: at(0.5), p90: at(0.9), max: at(1) };
}

export function quantile(samples: readonly number[], share: number): number {
  return quantileOfSorted(
    samples.toSorted((a, b) => a - b),
    share,
  );
}

/** Between two samples the line that joins them is read. */
function quantileOfSorted(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] as number;
  const high = sorted[Math.ceil(place)] as number;
  return low + (high - low) * (place - Math.floor(place));
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const ROUNDS = 2_000;

/**
 * Where the ratio of two quantiles would lie in 95 of 100 repetitions: both samples are drawn anew from themselves, with
 * replacement, again and again (the bootstrap, percentile method).
 */
export function ratioInterval(
  ours: readonly number[],
  theirs: readonly number[],
  share: number,
  random: Random,
): Interval {
  const ratios = Array.from(
    { length: ROUNDS },
    () => quantile(redrawn(ours, random), share) / quantile(redrawn(theirs, random), share),
  );
  return { low: quantile(ratios, 0.025), high: quantile(ratios, 0.975) };
}

function redrawn(samples: readonly number[], random: Random): number[] {
  return samples.map(() => random.pick(samples));
}
