/**
 * e^x and ln x from the four basic operations alone. These are exact by IEEE 754, so the results are the same bits on
 * every platform, which the language does not promise of its own functions.
 */
const LN_2 = 0.6931471805599453;

export function exponential(x: number): number {
  const halvings = Math.round(x / LN_2);
  const rest = x - halvings * LN_2;
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= 18; n++) {
    term = (term * rest) / n;
    sum += term;
  }
  let scale = 1;
  for (let n = 0; n < halvings; n++) scale *= 2;
  for (let n = 0; n > halvings; n--) scale /= 2;
  return sum * scale;
}

/** For x above 0. */
export function logarithm(x: number): number {
  let doublings = 0;
  let mantissa = x;
  for (; mantissa > 1.5; doublings++) mantissa /= 2;
  for (; mantissa < 0.75; doublings--) mantissa *= 2;
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let power = ratio;
  let sum = 0;
  for (let n = 1; n <= 39; n += 2) {
    sum += power / n;
    power *= square;
  }
  return 2 * sum + doublings * LN_2;
}
