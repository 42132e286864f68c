import { SECOND } from '../core/ports/clock.ts';
import type { BoundResult, Distribution, RunResult, ScenarioResult, SometimesResult, Verdict } from './result.ts';
import type { MetricName, Scenario } from './scenario.ts';

/** Below this many seeds, a *sometimes* point that was not reached says nothing. */
const SEEDS_TO_JUDGE = 10;

/** What the runs of one scenario show together. `lost` of those not played were begun and have no result. */
export function summarise(scenario: Scenario, runs: readonly RunResult[], notPlayed: number, lost = 0): ScenarioResult {
  const distributions = {
    formation: distribution(samples(runs, 'formation')),
    firstDetection: distribution(samples(runs, 'firstDetection')),
    detection: distribution(samples(runs, 'detection')),
    convergence: distribution(samples(runs, 'convergence')),
    falsePositives: distribution(samples(runs, 'falsePositives')),
  } satisfies Record<MetricName, Distribution>;
  const bounds = (scenario.bounds ?? []).map((bound): BoundResult => {
    const observed = distributions[bound.metric][bound.quantile];
    // Without a sample there is nothing to hold against the scenario, unless runs passed that should have given one.
    return {
      ...bound,
      observed,
      judged: runs.length > 0,
      holds: observed === null ? runs.length === 0 : observed <= bound.atMost,
    };
  });
  const sometimes = (scenario.sometimes ?? []).map((point): SometimesResult => {
    const reachedBy = runs.filter((run) => run.metrics.reached.includes(point)).length;
    return { point, reachedBy, judged: runs.length >= SEEDS_TO_JUDGE };
  });
  const nodeSeconds = sum(runs, ({ metrics }) => (metrics.hosts * metrics.simulated) / SECOND) || 1;
  const failed = runs.filter((run) => run.verdict === 'fail').length;
  const nondeterministic = runs.filter((run) => run.verdict === 'nondeterministic').length;
  const unproven = bounds.some(({ holds }) => !holds) || sometimes.some(missed);
  return {
    scenario: scenario.name,
    summary: scenario.summary,
    seeds: runs.length,
    failed,
    nondeterministic,
    notPlayed,
    distributions,
    falsePositives: sum(runs, ({ metrics }) => metrics.falsePositives),
    messagesPerNodePerSecond: sum(runs, ({ metrics }) => metrics.messages) / nodeSeconds,
    bytesPerNodePerSecond: sum(runs, ({ metrics }) => metrics.bytes) / nodeSeconds,
    simulatedSeconds: sum(runs, ({ metrics }) => metrics.simulated) / SECOND,
    struck: addUp(runs),
    bounds,
    sometimes,
    verdict: nondeterministic > 0 ? 'nondeterministic' : failed + lost > 0 || unproven ? 'fail' : 'pass',
  };
}

/** Whether a point counts against the suite. */
export function missed(point: SometimesResult): boolean {
  return point.judged && point.reachedBy === 0;
}

/** Whether more seeds would have to tell. */
export function isOpen(point: SometimesResult): boolean {
  return !point.judged && point.reachedBy === 0;
}

/** Nondeterminism outweighs failure: a result that cannot be repeated proves nothing, not even a bug. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('nondeterministic')) return 'nondeterministic';
  return verdicts.includes('fail') ? 'fail' : 'pass';
}

function samples(runs: readonly RunResult[], metric: MetricName): number[] {
  return runs.flatMap(({ metrics }) => metrics[metric]);
}

export function distribution(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (perCent: number) => quantile(sorted, perCent);
  return { samples: sorted.length, p50: at(50), p99: at(99), max: at(100) };
}

/** Nearest rank: every quantile is a value that was observed. Null without values. */
export function quantile(sorted: ArrayLike<number>, perCent: number): number | null {
  return sorted[Math.max(0, Math.ceil((perCent * sorted.length) / 100) - 1)] ?? null;
}

function sum(runs: readonly RunResult[], of: (run: RunResult) => number): number {
  return runs.reduce((total, run) => total + of(run), 0);
}

function addUp(runs: readonly RunResult[]): Record<string, number> {
  const totals = new Map<string, number>();
  for (const { metrics } of runs) {
    for (const [kind, times] of Object.entries(metrics.struck)) totals.set(kind, (totals.get(kind) ?? 0) + times);
  }
  return Object.fromEntries([...totals].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
