import type { Violation } from '../simulator/invariant.ts';
import type { Bound, MetricName, RunMetrics } from './scenario.ts';

export type Verdict = 'pass' | 'fail' | 'nondeterministic';

/** How messages travel in a run: handed over as objects, or encoded and decoded every time. */
export type Mode = 'reference' | 'wire';

/** Why a run failed, with all that a person needs to understand the first violation. */
export interface Failure extends Violation {
  /** The rule in words. */
  readonly words: string;
  /** One sentence for each fault in force at that time; what struck at once counts for a few seconds afterwards. */
  readonly faults: readonly string[];
  /** How many further violations the same run had. */
  readonly others: number;
}

/** What a suite comes to: of one that was cut short, or whose share holds no run, a pass would say too much. */
export type SuiteVerdict = Verdict | 'interrupted' | 'nothing played';

/** A run without a result, and why there is none. Counted among those not played, and against the suite. */
export interface LostRun {
  readonly scenario: string;
  readonly seed: number;
  readonly how: string;
}

/** One run: plain data, and the same whoever played it. */
export interface RunResult {
  readonly scenario: string;
  readonly seed: number;
  readonly token: string;
  /** The hash of the whole trace, in hexadecimal. */
  readonly hash: string;
  readonly verdict: Verdict;
  readonly violation: Failure | null;
  readonly metrics: RunMetrics;
}

export interface Distribution {
  readonly samples: number;
  /** Quantiles are null without samples. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** A bound, a *sometimes* point: what a suite shows and a single run cannot. */
export interface BoundResult extends Bound {
  readonly observed: number | null;
  /** Without a run, there is nothing to judge it by. */
  readonly judged: boolean;
  readonly holds: boolean;
}

export interface SometimesResult {
  readonly point: string;
  readonly reachedBy: number;
  /** Too few seeds prove nothing: below 10, a point that nobody reached is not held against the scenario. */
  readonly judged: boolean;
}

export interface ScenarioResult {
  readonly scenario: string;
  readonly summary: string;
  readonly seeds: number;
  readonly failed: number;
  readonly nondeterministic: number;
  readonly notPlayed: number;
  readonly distributions: Readonly<Record<MetricName, Distribution>>;
  readonly falsePositives: number;
  readonly messagesPerNodePerSecond: number;
  readonly bytesPerNodePerSecond: number;
  /** Seconds of virtual time over all seeds. */
  readonly simulatedSeconds: number;
  readonly struck: Readonly<Record<string, number>>;
  readonly bounds: readonly BoundResult[];
  readonly sometimes: readonly SometimesResult[];
  /** All runs passed, all bounds hold, all judged points were reached. */
  readonly verdict: Verdict;
}

export type StopReason = 'done' | 'bail' | 'time-limit' | 'interrupted';

export interface SuiteResult {
  readonly version: string;
  readonly runs: readonly RunResult[];
  readonly scenarios: readonly ScenarioResult[];
  readonly stopped: StopReason;
  readonly notPlayed: number;
  readonly lost: readonly LostRun[];
  readonly verdict: SuiteVerdict;
  /** Files of scenarios beyond the built-in ones: a replay needs them too. */
  readonly files: readonly string[];
  readonly timing: Timing;
}

/** Wall time: the one part of a result that differs between two equal suites. */
export interface Timing {
  readonly wallSeconds: number;
  readonly workers: number;
  /** Seconds of a core spent on each scenario. */
  readonly busySeconds: Readonly<Record<string, number>>;
}

/** The line that plays one run again. */
export function replayLine(token: string, files: readonly string[]): string {
  return ['npx rollcall replay', token, ...files.map(quoteForShell)].join(' ');
}

function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
