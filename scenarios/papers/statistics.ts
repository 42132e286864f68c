/** Statistics over results. Nothing here influences a run, so the functions of the language will do. */

/** Standard errors on either side of a figure that make an interval of 99.9 %. */
const Z = 3.29;

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly span: 'interval' | 'extremes';
  readonly samples: number;
}

export function meanOf(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/** The standard deviation of the population that these were drawn from. */
export function deviationOf(samples: readonly number[]): number {
  if (samples.length < 2) return 0;
  const mean = meanOf(samples);
  return Math.sqrt(samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (samples.length - 1));
}

/** The middle sample, or the mean of the two in the middle. */
export function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

/** Student's factor in the place of Z for few samples: the first terms of its expansion, from 5 samples on within 5 %. */
function student(samples: number): number {
  const free = samples - 1;
  return (
    Z +
    (Z ** 3 + Z) / (4 * free) +
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * free ** 2) +
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / (384 * free ** 3)
  );
}

/** The mean of what independent samples, at least two, were drawn from. */
export function estimateMean(samples: readonly number[]): Estimate {
  const value = meanOf(samples);
  const error = (student(samples.length) * deviationOf(samples)) / Math.sqrt(samples.length);
  return { value, low: value - error, high: value + error, span: 'interval', samples: samples.length };
}

/**
 * The median of what independent samples, 11 or more, were drawn from. How many of them lie below it is a matter of coins,
 * whatever their distribution: the interval lies between two of the samples.
 */
export function estimateMedian(samples: readonly number[]): Estimate {
  const sorted = samples.toSorted((a, b) => a - b);
  const skipped = Math.max(0, Math.floor((samples.length - Z * Math.sqrt(samples.length)) / 2));
  return {
    value: medianOf(samples),
    low: sorted[skipped]!,
    high: sorted[samples.length - 1 - skipped]!,
    span: 'interval',
    samples: samples.length,
  };
}

/** The mean, between the lowest and the highest sample: to compare a single trial with. */
export function rangeOf(samples: readonly number[]): Estimate {
  const [low, high] = [Math.min(...samples), Math.max(...samples)];
  return { value: meanOf(samples), low, high, span: 'extremes', samples: samples.length };
}

/** The largest sample: to compare a bound with. */
export function largestOf(samples: readonly number[]): Estimate {
  const range = rangeOf(samples);
  return { ...range, value: range.high };
}

/** The chance of what happened so often in so many trials: Wilson's interval, which holds for rare events too. */
export function estimateChance(happened: number, trials: number): Estimate {
  const value = happened / trials;
  const square = Z * Z;
  const centre = (happened + square / 2) / (trials + square);
  const half = (Z / (trials + square)) * Math.sqrt((happened * (trials - happened)) / trials + square / 4);
  return {
    value,
    low: happened === 0 ? 0 : centre - half,
    high: happened === trials ? 1 : centre + half,
    span: 'interval',
    samples: trials,
  };
}

/** What is computed, or the same in every sample. */
export function exactly(value: number, samples = 1): Estimate {
  return { value, low: value, high: value, span: 'interval', samples };
}

export function scaled(estimate: Estimate, factor: number): Estimate {
  const { value, low, high } = estimate;
  return { ...estimate, value: value * factor, low: low * factor, high: high * factor };
}
