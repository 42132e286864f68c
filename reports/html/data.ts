import type { Micros } from '../../core/ports/clock.ts';
import type {
  BoundResult,
  LostRun,
  SometimesResult,
  StopReason,
  SuiteVerdict,
  Timing,
  Verdict,
} from '../../scenarios/result.ts';
import type { PapersResult } from '../../scenarios/papers/result.ts';
import type { Comparison } from '../compare/result.ts';
import type { Figure } from '../sweep/figure.ts';

/** What the page of a report is drawn from: small enough for a file that is mailed around. */
export interface ReportData {
  readonly version: string;
  readonly verdict: SuiteVerdict;
  readonly stopped: StopReason;
  readonly runs: number;
  readonly passed: number;
  readonly notPlayed: number;
  readonly lost: readonly LostRun[];
  readonly timing: Timing;
  /** Files of scenarios beyond the built-in ones, for lines that replay a run. */
  readonly files: readonly string[];
  readonly scenarios: readonly ScenarioData[];
  readonly findings: readonly Finding[];
  /** Where the timeline of a run is, by token; relative to the page. */
  readonly timelines: Readonly<Record<string, string>>;
  readonly sweep?: SweepData;
  readonly comparison?: Comparison;
  /** What `rollcall papers` found last. */
  readonly papers?: PapersResult;
}

/** The sweep that was made last. */
export interface SweepData {
  readonly version: string;
  /** A digest of the source that measured. */
  readonly code: string;
  readonly figures: readonly Figure[];
}

export interface ScenarioData {
  readonly scenario: string;
  readonly summary: string;
  readonly verdict: Verdict;
  readonly seeds: number;
  readonly failed: number;
  readonly nondeterministic: number;
  readonly notPlayed: number;
  readonly falsePositives: number;
  readonly messagesPerNodePerSecond: number;
  readonly bytesPerNodePerSecond: number;
  readonly simulatedSeconds: number;
  /** Faults that had an effect, by kind: how often, and in how many runs. */
  readonly struck: Readonly<Record<string, readonly [times: number, runs: number]>>;
  readonly bounds: readonly BoundResult[];
  readonly sometimes: readonly SometimesResult[];
  readonly curves: Readonly<Record<CurveMetric, Curve>>;
  readonly notable: readonly NotableRun[];
}

/** What is measured as a length of virtual time. */
export const CURVE_METRICS = ['detection', 'firstDetection', 'convergence', 'formation'] as const;
export type CurveMetric = (typeof CURVE_METRICS)[number];

/** An observed distribution. Quantiles are null without samples. */
export interface Curve {
  readonly samples: number;
  /** What had begun and was not over when its run was: without a sample, and above all that have one. */
  readonly never: number;
  readonly p50: Micros | null;
  readonly p90: Micros | null;
  readonly p99: Micros | null;
  readonly max: Micros | null;
  /**
   * Quantiles at equal steps, the last one being the maximum, and each written as its distance from the one before it:
   * of n entries the sum of the first k is the quantile k/n.
   */
  readonly steps: readonly Micros[];
}

/** A run that stands for others, or stands out. */
export interface NotableRun {
  readonly why: 'slowest' | 'median';
  /** By which metric. */
  readonly metric: CurveMetric;
  readonly value: Micros;
  readonly seed: number;
  readonly token: string;
}

/** Runs of one scenario that broke the same rule. */
export interface Finding {
  readonly scenario: string;
  readonly verdict: Verdict;
  /** The rule's name, and the rule itself; nothing when the runs differed from themselves. */
  readonly invariant: string | null;
  readonly words: string | null;
  /** All that failed alike. */
  readonly seeds: readonly number[];
  /** The first of them in full; none where there are hundreds of findings. */
  readonly runs: readonly FailedRun[];
}

export interface FailedRun {
  readonly seed: number;
  readonly token: string;
  readonly violation: {
    readonly subject: string;
    readonly at: Micros;
    readonly detail: string;
    readonly faults: readonly string[];
    readonly others: number;
  } | null;
}
