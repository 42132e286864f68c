import type { CodeIdentity } from './code.ts';
import type { Difference } from './difference.ts';
import { findDifference } from './difference.ts';
import { inlinePlayer } from './player.ts';
import type { Done, Player, Task } from './player.ts';
import type { Mode, RunResult } from './result.ts';
import type { Scenario } from './scenario.ts';

export interface VerifyPlan {
  readonly scenarios: readonly Scenario[];
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

const MAIN: readonly Way[] = [
  { mode: 'reference', thread: 'main thread', pass: 1 },
  // After all the others: what one run leaves behind in a module shows in the next play of the same run.
  { mode: 'reference', thread: 'main thread', pass: 2 },
];
const WORKER: readonly Way[] = [
  { mode: 'reference', thread: 'worker', pass: 1 },
  { mode: 'wire', thread: 'worker', pass: 2 },
];

/**
 * Plays every run four times: twice here with all other runs in between, and in worker threads in both modes. All
 * must have the same hash.
 */
export async function verify(plan: VerifyPlan, workers: Player): Promise<VerifyResult> {
  const find = (name: string) => plan.scenarios.find((scenario) => scenario.name === name)!;
  const [here, there] = await Promise.all([
    playAll(plan, MAIN, inlinePlayer(find, plan.code)),
    playAll(plan, WORKER, workers),
  ]);
  const plays = [...here, ...there];
  const divergences: Divergence[] = [];
  for (const runs of groupByRun(plays)) {
    const odd = runs.find(({ done }) => done.result.hash !== runs[0]!.done.result.hash);
    if (odd !== undefined) divergences.push(await locate(runs[0]!, odd, find, plan.code));
  }
  const caught = groupByRun(plays).flatMap(
    (runs) => runs.find(({ done }) => done.result.verdict === 'nondeterministic')?.done.result ?? [],
  );
  return {
    runs: plan.scenarios.length * plan.seeds,
    plays: plays.length,
    divergences,
    caught,
    verdict: divergences.length + caught.length > 0 ? 'nondeterministic' : 'pass',
  };
}

interface Play {
  readonly way: Way;
  readonly done: Done;
}

async function playAll(plan: VerifyPlan, ways: readonly Way[], player: Player): Promise<Play[]> {
  const tasks: Task[] = [];
  const wayOf: Way[] = [];
  for (const way of ways) {
    for (let offset = 0; offset < plan.seeds; offset += 1) {
      for (const { name } of plan.scenarios) {
        wayOf.push(way);
        tasks.push({ index: tasks.length, scenario: name, seed: plan.firstSeed + offset, mode: way.mode });
      }
    }
  }
  const plays: Play[] = [];
  await player.play(tasks, (done) => plays.push({ way: wayOf[done.index]!, done }));
  return plays.toSorted((a, b) => a.done.index - b.done.index);
}

function groupByRun(plays: readonly Play[]): Play[][] {
  const groups = new Map<string, Play[]>();
  for (const play of plays) {
    const key = `${play.done.result.scenario} ${play.done.result.seed}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [play]);
    else group.push(play);
  }
  return [...groups.values()];
}

async function locate(
  first: Play,
  second: Play,
  find: (name: string) => Scenario,
  code: CodeIdentity,
): Promise<Divergence> {
  const { scenario, seed } = first.done.result;
  const options = [
    { mode: first.way.mode, code },
    { mode: second.way.mode, code },
  ] as const;
  return {
    scenario,
    seed,
    ways: [first.way, second.way],
    hashes: [first.done.result.hash, second.done.result.hash],
    difference: await findDifference(find(scenario), seed, options),
  };
}
