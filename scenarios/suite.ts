import type { Done, Lost, Player, Task } from './player.ts';
import type { LostRun, Mode, RunResult, StopReason, SuiteResult, SuiteVerdict, Verdict } from './result.ts';
import type { Scenario } from './scenario.ts';
import { seedsToPlay } from './seeds.ts';
import { summarise, worst } from './summary.ts';

/** What shall be played. */
export interface SuitePlan {
  readonly scenarios: readonly Scenario[];
  readonly files: readonly string[];
  readonly version: string;
  /** How many seeds per scenario, counted up from `firstSeed`. */
  readonly seeds: number;
  readonly firstSeed: number;
  /** Plays every `of`th run, beginning with the `part`th (from 1): for a suite spread over machines. */
  readonly shard?: { readonly part: number; readonly of: number };
  /** End after the first failing run. */
  readonly bail?: boolean;
  /** Begin no run after this time. */
  readonly timeLimitSeconds?: number;
  /** What is still playing so long after the limit counts as hung. */
  readonly graceSeconds?: number;
}

export interface SuiteProgress {
  readonly played: number;
  readonly planned: number;
  readonly failed: number;
  readonly latest: RunResult;
}

export interface SuiteListener {
  onRun?(progress: SuiteProgress): void;
  /** Ends the suite: what was played until then is the result. */
  readonly signal?: AbortSignal;
}

const GRACE_SECONDS = 10;

/** Node takes a longer delay for none at all. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** One of this many seeds is played in wire mode, where codecs and aliasing bugs show. */
const WIRE_EVERY = 8;

/**
 * The runs of a suite, in the order in which they are begun: first every scenario once, so that a suite cut short has
 * seen them all.
 */
export function planTasks({ scenarios, seeds, firstSeed, shard = { part: 1, of: 1 } }: SuitePlan): Task[] {
  const tasks: Task[] = [];
  const planned = scenarios.map((scenario) => ({
    name: scenario.name,
    mode: scenario.fixed?.mode,
    seeds: seedsToPlay(scenario, firstSeed, seeds),
  }));
  for (let offset = 0; offset < seeds; offset += 1) {
    for (const { name, mode, seeds: own } of planned) {
      const seed = own[offset];
      if (seed !== undefined) tasks.push({ index: tasks.length, scenario: name, seed, mode: mode ?? modeOf(seed) });
    }
  }
  return tasks.filter(({ index }) => index % shard.of === shard.part - 1);
}

/** The mode of a seed is the seed's own, so that every suite plays it the same way. */
export function modeOf(seed: number): Mode {
  return seed % WIRE_EVERY === WIRE_EVERY - 1 ? 'wire' : 'reference';
}

/** Plays a plan. Its result depends on the plan alone, unless a time limit or a person ends it. */
export async function playSuite(plan: SuitePlan, player: Player, listener: SuiteListener = {}): Promise<SuiteResult> {
  const began = performance.now();
  const tasks = planTasks(plan);
  const done = new Map<number, Done>();
  const lost = new Map<number, LostRun>();
  let stopped: StopReason = 'done';
  let firstFailure = Number.POSITIVE_INFINITY;
  let failed = 0;

  const interrupt = () => {
    stopped = 'interrupted';
    player.stop();
  };
  const lose = ({ task, how }: Lost) => {
    lost.set(task.index, { scenario: task.scenario, seed: task.seed, how });
    noteFailure(task.index);
  };
  const noteFailure = (index: number) => {
    failed += 1;
    firstFailure = Math.min(firstFailure, index);
    if (bail) player.limit(firstFailure);
  };
  const endInTime = (limitSeconds: number, graceSeconds: number) => {
    stopped = 'time-limit';
    player.limit(-1);
    timer = setTimeout(() => {
      // A hang is not a pass.
      for (const task of player.playing) lose({ task, how: `still playing after ${limitSeconds + graceSeconds} s` });
      player.stop();
    }, graceSeconds * 1000);
  };
  const { timeLimitSeconds, bail = false } = plan;
  let timer: NodeJS.Timeout | undefined;
  if (timeLimitSeconds !== undefined) {
    const begin = () => endInTime(timeLimitSeconds, plan.graceSeconds ?? GRACE_SECONDS);
    timer = setTimeout(begin, Math.min(timeLimitSeconds * 1000, LONGEST_TIMER));
  }
  listener.signal?.addEventListener('abort', interrupt);
  if (listener.signal?.aborted === true) interrupt();

  try {
    await player.play(tasks, {
      onDone(played) {
        done.set(played.index, played);
        if (played.result.verdict !== 'pass') noteFailure(played.index);
        listener.onRun?.({ played: done.size, planned: tasks.length, failed, latest: played.result });
      },
      onLost: lose,
    });
  } finally {
    clearTimeout(timer);
    listener.signal?.removeEventListener('abort', interrupt);
  }
  if (bail && stopped === 'done' && firstFailure !== Number.POSITIVE_INFINITY) {
    stopped = 'bail';
    // Other workers may have been ahead: what came after the first failure does not count, so that the result is one.
    for (const index of done.keys()) if (index > firstFailure) done.delete(index);
    for (const index of lost.keys()) if (index > firstFailure) lost.delete(index);
  }
  const counted = tasks.flatMap(({ index }) => done.get(index) ?? []);
  return {
    ...assemble(
      plan,
      tasks,
      counted,
      tasks.flatMap(({ index }) => lost.get(index) ?? []),
      stopped,
    ),
    timing: {
      wallSeconds: (performance.now() - began) / 1000,
      workers: player.workers,
      busySeconds: Object.fromEntries(plan.scenarios.map(({ name }) => [name, busySeconds(counted, name)])),
    },
  };
}

function assemble(
  { scenarios, files, version }: SuitePlan,
  tasks: readonly Task[],
  done: readonly Done[],
  lost: readonly LostRun[],
  stopped: StopReason,
): Omit<SuiteResult, 'timing'> {
  const results = scenarios.map((scenario) => {
    const runs = done.map(({ result }) => result).filter((result) => result.scenario === scenario.name);
    runs.sort((a, b) => a.seed - b.seed);
    const planned = tasks.filter((task) => task.scenario === scenario.name).length;
    const lostHere = lost.filter((run) => run.scenario === scenario.name).length;
    return { runs, summary: summarise(scenario, runs, planned - runs.length, lostHere) };
  });
  return {
    version,
    files,
    stopped,
    runs: results.flatMap(({ runs }) => runs),
    scenarios: results.map(({ summary }) => summary),
    notPlayed: tasks.length - done.length,
    lost,
    verdict: verdictOf(worst(results.map(({ summary }) => summary.verdict)), done.length, stopped),
  };
}

/** What was found stays found, however the suite ended. */
function verdictOf(found: Verdict, played: number, stopped: StopReason): SuiteVerdict {
  if (found !== 'pass') return found;
  if (stopped === 'interrupted') return 'interrupted';
  return played === 0 ? 'nothing played' : found;
}

function busySeconds(done: readonly Done[], scenario: string): number {
  return done.reduce((total, one) => total + (one.result.scenario === scenario ? one.busySeconds : 0), 0);
}
