/**
 * Logarithms from additions, multiplications and divisions alone. IEEE 754 defines those to the last bit, so every
 * engine gives the same result; `Math.log` is left to the implementation and may not influence a run.
 */

const FRACTION_BITS = 44;
const LN_2 = 0.6931471805599453;
const LOG10_2 = 0.3010299956639812;

/** log2 of a finite x >= 1, exact to about 13 decimals: each squaring of the mantissa yields one more bit. */
export function log2(x: number): number {
  let mantissa = x;
  let result = 0;
  while (mantissa >= 2) {
    mantissa /= 2;
    result += 1;
  }
  let bit = 0.5;
  for (let i = 0; i < FRACTION_BITS && mantissa > 1; i += 1) {
    mantissa *= mantissa;
    if (mantissa >= 2) {
      mantissa /= 2;
      result += bit;
    }
    bit /= 2;
  }
  return result;
}

export function ln(x: number): number {
  return log2(x) * LN_2;
}

export function log10(x: number): number {
  return log2(x) * LOG10_2;
}

/** The smallest whole r with base^r >= x, in integers, so that no power of the base is off by one. */
export function ceilLog(base: number, x: number): number {
  let power = 1;
  let r = 0;
  while (power < x) {
    power *= base;
    r += 1;
  }
  return r;
}
