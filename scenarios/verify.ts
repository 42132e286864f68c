import type { Landmarks } from '../simulator/trace-difference.ts';
import { differenceWithin, differingBlock, landmarksOf } from '../simulator/trace-difference.ts';
import type { TraceRecord } from '../simulator/trace.ts';
import { RollcallError } from '../core/errors.ts';
import type { CodeIdentity } from './code.ts';
import { playWorld } from './play.ts';
import type { Lost, Player, Task } from './player.ts';
import { playHistory } from './pool.ts';
import type { Mode, RunResult } from './result.ts';
import type { Scenario } from './scenario.ts';
import { planTasks } from './suite.ts';

export interface VerifyPlan {
  readonly scenarios: readonly Scenario[];
  readonly files: readonly string[];
  readonly seeds: number;
  readonly firstSeed: number;
  readonly code: CodeIdentity;
}

/** How one play of a run was done. */
export interface Way {
  readonly mode: Mode;
  readonly thread: 'main thread' | 'worker';
  readonly pass: number;
}

/** The first event at which two plays part; a side is undefined when its play was already over. */
export interface Difference {
  readonly event: number;
  /** Their `data` are in words. */
  readonly first: TraceRecord | undefined;
  readonly second: TraceRecord | undefined;
}

/** A run that was not the same each time. */
export interface Divergence {
  readonly scenario: string;
  readonly seed: number;
  readonly ways: readonly [Way, Way];
  readonly hashes: readonly [string, string];
  /** Undefined when the difference did not show again. */
  readonly difference: Difference | undefined;
}

export interface VerifyResult {
  readonly runs: number;
  readonly plays: number;
  readonly divergences: readonly Divergence[];
  /** Programs that asked the real world: caught in the act, whether or not a hash differed. */
  readonly caught: readonly RunResult[];
  readonly verdict: 'pass' | 'nondeterministic';
}

class RunLost extends RollcallError {
  constructor({ task, how }: Lost) {
    super('RUN_LOST', `${task.scenario}, seed ${task.seed}, cannot be verified: ${how}.`);
  }
}

const MAIN: readonly Way[] = [
  { mode: 'reference', thread: 'main thread', pass: 1 },
  // After all the others: what one run leaves behind in a module shows in the next play of the same run.
  { mode: 'reference', thread: 'main thread', pass: 2 },
  // Only here can landmarks be compared across modes.
  { mode: 'wire', thread: 'main thread', pass: 3 },
];
const WORKER: readonly Way[] = [
  { mode: 'reference', thread: 'worker', pass: 1 },
  { mode: 'wire', thread: 'worker', pass: 2 },
];

interface Play {
  readonly task: Task;
  readonly way: Way;
  readonly result: RunResult;
  /** Known of the plays in this thread. */
  readonly landmarks?: Landmarks;
}

/**
 * Plays every run five times: three times here, with all other runs in between, and twice in worker threads; in both
 * modes. All must have the same hash.
 */
export async function verify(plan: VerifyPlan, workers: Player): Promise<VerifyResult> {
  const [here, there] = await Promise.all([playHere(plan), playThere(plan, workers)]);
  const plays = [...here, ...there];
  const divergences: Divergence[] = [];
  const caught: RunResult[] = [];
  for (const runs of groupByRun(plays)) {
    const guilty = runs.find(({ result }) => result.verdict === 'nondeterministic');
    if (guilty !== undefined) caught.push(guilty.result);
    const odd = runs.find(({ result }) => result.hash !== runs[0]!.result.hash);
    if (odd !== undefined) divergences.push(await locate(runs[0]!, odd, here, plan));
  }
  return {
    runs: plays.length / (MAIN.length + WORKER.length),
    plays: plays.length,
    divergences,
    caught,
    verdict: divergences.length + caught.length > 0 ? 'nondeterministic' : 'pass',
  };
}

function tasksOf(plan: VerifyPlan, ways: readonly Way[]): { task: Task; way: Way }[] {
  const tasks: { task: Task; way: Way }[] = [];
  const runs = planTasks({ ...plan, version: plan.code.version });
  for (const way of ways) {
    for (const run of runs) tasks.push({ task: { ...run, index: tasks.length, mode: way.mode }, way });
  }
  return tasks;
}

async function playHere(plan: VerifyPlan): Promise<Play[]> {
  const plays: Play[] = [];
  for (const { task, way } of tasksOf(plan, MAIN)) {
    const scenario = plan.scenarios.find(({ name }) => name === task.scenario)!;
    const { result, world } = await playWorld(scenario, task.seed, { mode: task.mode, code: plan.code });
    plays.push({ task, way, result, landmarks: landmarksOf(world.trace) });
  }
  return plays;
}

async function playThere(plan: VerifyPlan, workers: Player): Promise<Play[]> {
  const tasks = tasksOf(plan, WORKER);
  const plays: Play[] = [];
  let lost: Lost | undefined;
  await workers.play(
    tasks.map(({ task }) => task),
    {
      onDone: ({ index, result }) => void plays.push({ ...tasks[index]!, result }),
      onLost: (run) => {
        lost ??= run;
        workers.stop();
      },
    },
  );
  if (lost !== undefined) throw new RunLost(lost);
  return plays.toSorted((a, b) => a.task.index - b.task.index);
}

function groupByRun(plays: readonly Play[]): Play[][] {
  const groups = new Map<string, Play[]>();
  for (const play of plays) {
    const key = `${play.task.scenario} ${play.task.seed}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [play]);
    else group.push(play);
  }
  return [...groups.values()];
}

/**
 * Names the first differing event of two plays. What differs because of earlier runs differs again only after the
 * same earlier runs: everything up to the second play is played once more, in a fresh thread, and this time the
 * events around the difference are kept.
 */
async function locate(first: Play, second: Play, history: readonly Play[], plan: VerifyPlan): Promise<Divergence> {
  const told = {
    scenario: first.task.scenario,
    seed: first.task.seed,
    ways: [first.way, second.way],
    hashes: [first.result.hash, second.result.hash],
  } as const;
  if (first.landmarks === undefined || second.landmarks === undefined) return { ...told, difference: undefined };
  const keep = differingBlock(first.landmarks, second.landmarks);
  const tasks = history
    .slice(0, second.task.index + 1)
    .map(({ task }) => (task === first.task || task === second.task ? { ...task, keep } : task));
  const kept = await playHistory(tasks, plan.files, plan.code);
  const [before = [], after = []] = [kept[first.task.index], kept[second.task.index]];
  const { event, left, right } = differenceWithin(keep, before, after);
  return { ...told, difference: event === undefined ? undefined : { event, first: left, second: right } };
}
