import type { Mutant } from './mutant.ts';
import { UnusableMutant } from './mutant.ts';
import type { PlayerBuild, SourceTree } from './source-copy.ts';
import { buildPlayer } from './source-copy.ts';
import type { Kill, PlayOrder, SingleRun } from './suite.ts';
import { supervise } from './supervise.ts';

export interface MutantResult {
  readonly mutant: string;
  /** In the order found; empty for a survivor. */
  readonly kills: readonly Kill[];
  readonly runs: number;
  readonly seconds: number;
  /** Why it says nothing: it could not be applied, built or loaded. */
  readonly unusable?: string;
}

export interface TrialOptions {
  readonly seeds: number;
  readonly jobs: number;
  readonly until: PlayOrder['until'];
  /** Finds the smallest schedule for what a single run showed. */
  readonly shrink?: boolean;
  /** Hears of each mutant as soon as its fate is known. */
  onResult?(result: MutantResult): void;
}

/**
 * Holds every mutant against the suite. A kill counts only when the true code passes the same run, which is checked
 * at the end; otherwise the suite, not the mutant, is at fault.
 */
export async function tryMutants(
  tree: SourceTree,
  mutants: readonly Mutant[],
  options: TrialOptions,
): Promise<{ results: MutantResult[]; falseAlarms: Kill[] }> {
  const results = await inParallel(options.jobs, mutants, async (mutant) => {
    const result = await tryOne(tree, mutant, options);
    options.onResult?.(result);
    return result;
  });
  return { results, falseAlarms: await falseAlarms(tree, results, options.jobs) };
}

async function tryOne(tree: SourceTree, mutant: Mutant, options: TrialOptions): Promise<MutantResult> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  let player: PlayerBuild | undefined;
  try {
    player = await buildPlayer(tree, mutant);
    const { seeds, until, shrink = false } = options;
    const outcome = await supervise(player.script, { seeds, until, shrink, first: mutant.scenarios ?? [] });
    if (outcome.unloadable !== undefined) {
      throw new UnusableMutant(mutant.name, `the mutated source does not load. ${outcome.unloadable}`);
    }
    return { mutant: mutant.name, kills: outcome.kills, runs: outcome.runs, seconds: seconds() };
  } catch (error) {
    if (!(error instanceof UnusableMutant)) throw error;
    return { mutant: mutant.name, kills: [], runs: 0, seconds: seconds(), unusable: error.message };
  } finally {
    player?.remove();
  }
}

/** The kills that the true code dies of too, as they were found and as they were shrunk. */
async function falseAlarms(tree: SourceTree, results: readonly MutantResult[], jobs: number): Promise<Kill[]> {
  const runs = new Map(
    results
      .flatMap(({ kills }) => kills)
      .flatMap(({ play, from, seed, rule, shrunk }): [string, SingleRun][] => [
        [`${play} ${from} ${seed}`, { play, from, seed }],
        ...(shrunk === undefined ? [] : [shrunkRun({ play, from, seed, rule, edit: shrunk.edit })]),
      ]),
  );
  if (runs.size === 0) return [];
  const player = await buildPlayer(tree);
  try {
    const shares = Array.from({ length: jobs }, (_, share) => [...runs.values()].filter((__, i) => i % jobs === share));
    const outcomes = await inParallel(jobs, shares, (only) =>
      supervise(player.script, { seeds: 0, first: [], until: 'every-play', only }),
    );
    return outcomes.flatMap(({ kills }) => kills);
  } finally {
    player.remove();
  }
}

function shrunkRun(run: SingleRun): [string, SingleRun] {
  return [JSON.stringify(run), run];
}

/** Like `Promise.all` over `map`, with at most `jobs` at a time, results in the order of the items. */
async function inParallel<T, R>(jobs: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
  return results;
}
