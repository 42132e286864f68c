/** The chance that a standard normal variable is at least `z`: for z ≥ 0 within two parts in ten million of the value. */
export function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  // The Chebyshev fit of erfc by Press et al., Numerical Recipes, section 6.2.
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const sum = COEFFICIENTS.reduceRight((inner, coefficient) => coefficient + t * inner, 0);
  return 0.5 * t * Math.exp(-x * x + sum);
}

const COEFFICIENTS = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/** The value that a standard normal variable exceeds with chance `p`, for 0 < p ≤ 0.5. */
export function upperQuantile(p: number): number {
  let [low, high] = [0, 40];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > p) low = middle;
    else high = middle;
  }
  return low;
}
