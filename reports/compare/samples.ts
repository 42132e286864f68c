import { SECOND } from '../../core/ports/clock.ts';
import type { RunResult } from '../../scenarios/result.ts';
import type { RunMetrics } from '../../scenarios/scenario.ts';

export type ComparedMetric =
  | 'formation'
  | 'firstDetection'
  | 'detection'
  | 'convergence'
  | 'falsePositives'
  | 'messages'
  | 'bytes';

interface MetricKind {
  readonly title: string;
  readonly unit: 'microseconds' | 'per run' | 'per node and second';
  /** One value per run, for the values of one run depend on one another; undefined where there is nothing to measure. */
  of(this: void, metrics: RunMetrics): number | undefined;
}

/** More is worse in all of them. Files from before `undetected` was counted have none, and none is not above 0. */
export const COMPARED_METRICS: Readonly<Record<ComparedMetric, MetricKind>> = {
  formation: { title: 'formation', unit: 'microseconds', of: ({ formation }) => slowest(formation) ?? NEVER },
  firstDetection: {
    title: 'first detection',
    unit: 'microseconds',
    of: ({ firstDetection, undetected }) => slowest(firstDetection) ?? (undetected > 0 ? NEVER : undefined),
  },
  detection: {
    title: 'detection',
    unit: 'microseconds',
    of: ({ detection, undetected }) => (undetected > 0 ? NEVER : slowest(detection)),
  },
  convergence: { title: 'convergence', unit: 'microseconds', of: ({ convergence }) => slowest(convergence) ?? NEVER },
  falsePositives: { title: 'false positives', unit: 'per run', of: ({ falsePositives }) => falsePositives },
  messages: {
    title: 'messages',
    unit: 'per node and second',
    of: (metrics) => perNodeSecond(metrics, metrics.messages),
  },
  bytes: { title: 'bytes', unit: 'per node and second', of: (metrics) => perNodeSecond(metrics, metrics.bytes) },
};

/** What did not happen within a run took longer than anything that did. */
const NEVER = Number.POSITIVE_INFINITY;

/** In ascending order. A run that failed ends early: what it measured is not comparable. */
export function samplesOf(runs: readonly RunResult[], metric: ComparedMetric): number[] {
  return runs
    .filter(({ verdict }) => verdict === 'pass')
    .flatMap(({ metrics }) => COMPARED_METRICS[metric].of(metrics) ?? [])
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function slowest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function perNodeSecond({ hosts, simulated }: RunMetrics, count: number): number {
  return (count * SECOND) / Math.max(1, hosts * simulated);
}
