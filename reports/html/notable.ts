import type { RunResult } from '../../scenarios/result.ts';
import type { CurveMetric, NotableRun } from './data.ts';

/** By what a scenario's runs are ranked: the first of these that it measures. */
const RANKED_BY: readonly CurveMetric[] = ['convergence', 'detection', 'formation'];

/** The slowest run of a scenario, and the one in the middle; a run that failed was stopped, so its times are no times. */
export function notableRuns(all: readonly RunResult[]): NotableRun[] {
  const runs = all.filter(({ verdict }) => verdict === 'pass');
  const metric = RANKED_BY.find((one) => runs.some(({ metrics }) => metrics[one].length > 0));
  if (metric === undefined) return [];
  const ranked = runs
    .filter(({ metrics }) => metrics[metric].length > 0)
    .map(({ seed, token, metrics }) => ({ seed, token, value: Math.max(...metrics[metric]) }))
    .toSorted((a, b) => a.value - b.value || a.seed - b.seed);
  const slowest = { why: 'slowest', metric, ...ranked.at(-1)! } as const;
  const median = { why: 'median', metric, ...ranked[Math.floor((ranked.length - 1) / 2)]! } as const;
  return ranked.length > 1 ? [slowest, median] : [slowest];
}
