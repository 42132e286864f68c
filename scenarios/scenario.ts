import type { MembershipSettings } from '../core/membership/settings.ts';
import type { Micros } from '../core/ports/clock.ts';
import type { Random } from '../core/ports/random.ts';
import type { Fault, FaultKind } from '../simulator/faults/fault.ts';
import type { Invariant } from '../simulator/invariant.ts';
import type { LatencyModel } from '../simulator/latency.ts';
import type { HostSpec } from '../simulator/program.ts';

/** What a scenario may use to build itself: everything is drawn from the run's seed. */
export interface ScenarioContext {
  readonly random: Random;
  /** Changes of settings to play with instead of those that the scenario would draw, if it draws any. */
  readonly settings?: Partial<MembershipSettings>;
}

/** The stage of one run: built anew for each seed. */
export interface Stage {
  readonly hosts: readonly HostSpec[];
  /** Fixed, or generated from `context.random`; the runner materialises it before the run starts. */
  readonly faults: readonly Fault[];
  readonly duration: Micros;
  readonly latency?: LatencyModel;
  readonly invariants: readonly Invariant[];
  /** Datagrams above this many bytes are lost. 1400 unless said otherwise. */
  readonly mtu?: number;
  /** What was drawn for the settings, where that is part of the scenario: it can be taken back one by one. */
  readonly settings?: Partial<MembershipSettings>;
  /** Judged after the run on what was measured. */
  readonly expectations?: readonly Expectation[];
}

export interface Expectation {
  readonly id: string;
  /** What is expected, in words. */
  readonly words: string;
  /** `undefined` when it holds; otherwise one sentence with the observed value. */
  judge(metrics: RunMetrics): string | undefined;
}

/** A named story. `defineScenario` checks it and fills in the defaults. */
export interface Scenario {
  readonly name: string;
  /** One line for `rollcall list`. */
  readonly summary: string;
  /** Faults of these kinds must strike in every run, or the run fails: a scenario that breaks nothing proves nothing. */
  readonly mustStrike?: readonly (FaultKind | `service.${string}`)[];
  /** Points that must be reached by at least one seed of a suite of 10 or more. */
  readonly sometimes?: readonly string[];
  /** Statistical bounds over all seeds of a suite, printed as pass or fail: e.g. detection p99 under 7 s. */
  readonly bounds?: readonly Bound[];
  /**
   * Its invariants hold whatever the schedule, as long as hosts are left as they are left now: a hunt may play
   * variations. Not for rules that know when something ends.
   */
  readonly anySchedule?: true;
  /** One run alone, whatever seed is asked for: it draws as that scenario draws with that seed. */
  readonly fixed?: FixedRun;
  stage(context: ScenarioContext): Stage;
}

/** A run by the name of its scenario and its seed. */
export interface FixedRun {
  readonly scenario: string;
  readonly seed: number;
  /** How its messages travel, unless it is the seed's own mode. */
  readonly mode?: 'reference' | 'wire';
}

export interface Bound {
  readonly metric: MetricName;
  readonly quantile: 'p50' | 'p99' | 'max';
  /** Inclusive; in the metric's own unit. */
  readonly atMost: number;
}

/** Durations in microseconds of virtual time. Lists hold one sample per thing measured. */
export interface RunMetrics {
  readonly hosts: number;
  readonly simulated: Micros;
  readonly events: number;
  readonly messages: number;
  readonly bytes: number;
  /** From the start until every live host listed every live host alive, or absent when it never did. */
  readonly formation: readonly Micros[];
  /** Per crash: until the first live observer held the host dead. */
  readonly firstDetection: readonly Micros[];
  /** Per crash: until every live observer did. */
  readonly detection: readonly Micros[];
  /** Crashes that were over neither by a restart nor by the last observer's notice. */
  readonly undetected: number;
  /** From the moment all faults were over until every view was right and stayed right. */
  readonly convergence: readonly Micros[];
  /** Live, reachable members that some observer declared dead. */
  readonly falsePositives: number;
  /** How many faults of each kind struck (had an effect), by kind and by harm, e.g. `crash`, `link.loss`. */
  readonly struck: Readonly<Record<string, number>>;
  readonly reached: readonly string[];
}

export type MetricName = 'formation' | 'firstDetection' | 'detection' | 'convergence' | 'falsePositives';
