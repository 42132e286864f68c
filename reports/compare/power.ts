import { upperQuantile } from './normal.ts';

/** A real difference of the size that `visibleDelta` names is found with this chance. */
const POWER = 0.8;

/** The smallest Cliff's delta that a rank test at this level would probably find. */
export function visibleDelta(n: number, m: number, alpha: number): number {
  return (upperQuantile(alpha / 2) + upperQuantile(1 - POWER)) * Math.sqrt((n + m + 1) / (3 * n * m));
}

/** Whether even the clearest difference, all of the one above all of the other, would stay above the level. */
export function isBlind(n: number, m: number, alpha: number): boolean {
  return 2 / choose(n + m, m) > alpha;
}

/** The fewest runs on either side with which something can show. */
export function fewestRuns(alpha: number): number {
  let runs = 1;
  while (isBlind(runs, runs, alpha)) runs += 1;
  return runs;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let index = 1; index <= k; index += 1) ways *= (n - k + index) / index;
  return ways;
}
