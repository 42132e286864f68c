import { SECOND } from '../../../core/ports/clock.ts';
import type { RunResult } from '../../../scenarios/result.ts';
import type { RunMetrics } from '../../../scenarios/scenario.ts';

/** What is measured of one scenario, over its golden seeds. Times are means, in seconds; null where there was none. */
export interface Behaviour {
  readonly 'formation s': number | null;
  readonly 'first detection s': number | null;
  readonly 'detection s': number | null;
  readonly 'convergence s': number | null;
  readonly 'false positives': number;
  readonly 'messages per node and second': number;
  readonly 'bytes per node and second': number;
}

/** What is kept of one scenario. */
export interface GoldenScenario {
  /** By seed: the hash of the whole trace. It stands for everything that happened, and for no line of source. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly behaviour: Behaviour;
}

/** By the name of the scenario. */
export type Golden = Readonly<Record<string, GoldenScenario>>;

export function goldenOf(runs: readonly RunResult[]): Golden {
  const names = [...new Set(runs.map(({ scenario }) => scenario))];
  return Object.fromEntries(
    names.map((name) => {
      const own = runs.filter(({ scenario }) => scenario === name).toSorted((a, b) => a.seed - b.seed);
      const hashes = Object.fromEntries(own.map(({ seed, hash }) => [String(seed), hash]));
      return [name, { hashes, behaviour: behaviourOf(own.map(({ metrics }) => metrics)) }];
    }),
  );
}

function behaviourOf(runs: readonly RunMetrics[]): Behaviour {
  const nodeSeconds = sum(runs.map(({ hosts, simulated }) => (hosts * simulated) / SECOND));
  const seconds = (samples: readonly number[]) =>
    samples.length === 0 ? null : round(sum(samples) / samples.length / SECOND);
  return {
    'formation s': seconds(runs.flatMap(({ formation }) => formation)),
    'first detection s': seconds(runs.flatMap(({ firstDetection }) => firstDetection)),
    'detection s': seconds(runs.flatMap(({ detection }) => detection)),
    'convergence s': seconds(runs.flatMap(({ convergence }) => convergence)),
    'false positives': sum(runs.map(({ falsePositives }) => falsePositives)),
    'messages per node and second': round(sum(runs.map(({ messages }) => messages)) / nodeSeconds),
    'bytes per node and second': round(sum(runs.map(({ bytes }) => bytes)) / nodeSeconds),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Exact enough to show every change, short enough to be read. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}

/** How a scenario plays now, against what was accepted. */
export interface Change {
  readonly scenario: string;
  /** Seeds whose runs are other ones now; all of them for a scenario that is new. */
  readonly seeds: readonly number[];
  readonly measured: readonly {
    readonly what: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
  readonly kind: 'changed' | 'new' | 'gone';
}

/** What differs between what was accepted and what was played. */
export function changesBetween(accepted: Golden, played: Golden): Change[] {
  return [...new Set([...Object.keys(accepted), ...Object.keys(played)])].flatMap((scenario): Change[] => {
    const [before, after] = [accepted[scenario], played[scenario]];
    if (before === undefined) return [{ scenario, kind: 'new', seeds: seedsOf(after!), measured: [] }];
    if (after === undefined) return [{ scenario, kind: 'gone', seeds: seedsOf(before), measured: [] }];
    const all = [...new Set([...seedsOf(before), ...seedsOf(after)])];
    const seeds = all.filter((seed) => before.hashes[seed] !== after.hashes[seed]);
    const measured = (Object.keys(after.behaviour) as (keyof Behaviour)[])
      .map((what) => ({ what, before: before.behaviour[what], after: after.behaviour[what] }))
      .filter((one) => one.before !== one.after);
    return seeds.length + measured.length === 0 ? [] : [{ scenario, kind: 'changed', seeds, measured }];
  });
}

function seedsOf({ hashes }: GoldenScenario): number[] {
  return Object.keys(hashes).map(Number);
}
