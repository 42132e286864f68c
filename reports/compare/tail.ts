/**
 * How likely it is that at least `upper` of `m` values stand among the `top` largest of `n + m`, if all were drawn from
 * the same distribution: Fisher's exact test, one-sided. A few very slow runs among many move no median and hardly a
 * rank, and are what operators are woken up by.
 */
export function tailChance(n: number, m: number, top: number, upper: number): number {
  const all = n + m;
  let chance = 0;
  for (let count = upper; count <= Math.min(m, top); count += 1) {
    chance += Math.exp(lnChoose(m, count) + lnChoose(n, top - count) - lnChoose(all, top));
  }
  return Math.min(1, chance);
}

function lnChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let index = 1; index <= k; index += 1) sum += Math.log((n - k + index) / index);
  return sum;
}
