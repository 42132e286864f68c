import type { Verdict } from '../../scenarios/result.ts';
import type { ComparedMetric } from './samples.ts';

/** What has changed between two suites. Plain data: a page is drawn from it. */
export interface Comparison {
  readonly earlier: Side;
  readonly now: Side;
  /** Statistical tests that were made: Holm's correction counts them all. */
  readonly tests: number;
  /** How many of them had so few runs that not even the clearest difference could show. */
  readonly blind: number;
  /** The Cliff's delta that would be found in four of five comparisons; null without any test. */
  readonly visible: number | null;
  /** Regressions first, and the largest effects first among them. */
  readonly changes: readonly Change[];
  readonly verdicts: readonly VerdictChange[];
  readonly added: readonly string[];
  readonly vanished: readonly string[];
  /** Scenarios whose runs are the very same ones. */
  readonly same: readonly string[];
  /** Scenarios that were tested. */
  readonly tested: readonly string[];
  /** What has to be known to read the rest. */
  readonly notes: readonly string[];
  /** A distribution or a verdict has become worse. */
  readonly regressed: boolean;
}

export interface Side {
  readonly version: string;
  readonly runs: number;
}

/** Earlier, and now. */
export type Pair<T> = readonly [earlier: T, now: T];

/** One value per run of one scenario, before and now, that differ by more than chance. */
export interface Change {
  readonly scenario: string;
  readonly metric: ComparedMetric;
  readonly kind: 'regression' | 'improvement';
  /** What moved: the runs as a whole, or the slowest among them alone. */
  readonly where: 'all' | 'tail';
  readonly samples: Pair<number>;
  /** Null is a time that never came. */
  readonly median: Pair<number | null>;
  readonly p99: Pair<number | null>;
  readonly mean: Pair<number | null>;
  readonly delta: number;
  readonly effect: Effect;
  /** After Holm's correction. */
  readonly p: number;
  /** The values at equal steps of their order, for a curve. */
  readonly steps: Pair<readonly (number | null)[]>;
}

export type Effect = 'negligible' | 'small' | 'medium' | 'large';

export interface VerdictChange {
  readonly scenario: string;
  readonly verdict: Pair<Verdict>;
  readonly failed: Pair<number>;
  readonly seeds: Pair<number>;
  /** A worse verdict, or the same one with more broken runs than chance explains. */
  readonly worse: boolean;
}
