import { upperTail } from './normal.ts';

/** Two samples of the same thing, compared by how often one of the second is larger than one of the first. */
export interface RankTest {
  /**
   * Cliff's delta: the chance that a value of the second sample is larger than one of the first, less the chance that it
   * is smaller. From -1 to 1.
   */
  readonly delta: number;
  /** How likely so large a difference is, in either direction, if both samples were drawn from the same distribution. */
  readonly p: number;
}

/**
 * Up to so many values in all, the distribution is counted out instead of being taken for a normal one. With fewer, the
 * normal one would leave the clearest difference above the level that hundreds of tests are held to.
 */
const EXACT_UP_TO = 30;

/**
 * Mann and Whitney's U test, two-sided, with ties: values may be equal, and infinite ones are larger than all others.
 * Exact for small samples; beyond, normal with the correction for ties and for continuity.
 */
export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  const [n, m] = [first.length, second.length];
  if (n === 0 || m === 0) return { delta: 0, p: 1 };
  const { rankSum, ties } = ranked(first, second);
  // Ranks are doubled, so that those of ties are whole.
  const u = (rankSum - m * (m + 1)) / 2;
  const delta = (2 * u) / (n * m) - 1;
  const doubled = ties.flatMap(({ rank, count }) => Array<number>(count).fill(rank));
  const p = n + m <= EXACT_UP_TO ? exactP(doubled, m, rankSum) : normalP(u, n, m, ties);
  return { delta, p };
}

/** Values that are equal share the mean of their ranks. */
interface Tie {
  /** Twice that mean. */
  readonly rank: number;
  readonly count: number;
}

function ranked(first: readonly number[], second: readonly number[]): { rankSum: number; ties: Tie[] } {
  const values = [
    ...first.map((value) => ({ value, counts: false })),
    ...second.map((value) => ({ value, counts: true })),
  ].sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  const ties: Tie[] = [];
  let rankSum = 0;
  for (let start = 0, end = 0; start < values.length; start = end) {
    while (end < values.length && values[end]!.value === values[start]!.value) end += 1;
    const rank = start + 1 + end;
    ties.push({ rank, count: end - start });
    for (let index = start; index < end; index += 1) if (values[index]!.counts) rankSum += rank;
  }
  return { rankSum, ties };
}

/** The share of all ways to choose `m` of the ranks whose sum is at least as far from the middle. */
function exactP(ranks: readonly number[], m: number, rankSum: number): number {
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  // ways[k][s]: how many sets of k ranks have the sum s.
  const ways = Array.from({ length: m + 1 }, () => new Float64Array(most + 1));
  ways[0]![0] = 1;
  for (const rank of ranks) {
    for (let k = m; k > 0; k -= 1) {
      const [into, from] = [ways[k]!, ways[k - 1]!];
      for (let sum = rank; sum <= most; sum += 1) into[sum] = into[sum]! + from[sum - rank]!;
    }
  }
  const middle = (most * m) / ranks.length;
  const distance = Math.abs(rankSum - middle);
  let [all, far] = [0, 0];
  for (const [sum, count] of ways[m]!.entries()) {
    all += count;
    // Sums are whole, and their middle is a fraction: this much is rounding.
    if (Math.abs(sum - middle) >= distance - 1e-6) far += count;
  }
  return far / all;
}

function normalP(u: number, n: number, m: number, ties: readonly Tie[]): number {
  const all = n + m;
  const tied = ties.reduce((sum, { count }) => sum + count ** 3 - count, 0);
  const variance = ((n * m) / 12) * (all + 1 - tied / (all * (all - 1)));
  if (variance <= 0) return 1;
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return Math.min(1, 2 * upperTail(distance / Math.sqrt(variance)));
}
