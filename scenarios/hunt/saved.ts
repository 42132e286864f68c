import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { RollcallError } from '../../core/errors.ts';
import { identifyCode } from '../code.ts';
import { UsageError } from '../errors.ts';
import { asTyped } from '../files.ts';
import { loadScenarios } from '../loader.ts';
import { materialise } from '../play.ts';
import type { Player, Task } from '../player.ts';
import { PATIENCE_SECONDS, workerPool } from '../pool.ts';
import type { Failure, LostRun, RunResult } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { modeOf } from '../suite.ts';
import { bugOf } from '../failure-identity.ts';

/** What saving writes: see `scenarios/regression`. */
const REGRESSION_FILE = /\.test\.mjs$/;

export interface StillFailing {
  readonly file: string;
  readonly identity: string;
  readonly result: RunResult;
  readonly violation: Failure;
}

/** What has become of the failures of earlier hunts. */
export interface SavedFailures {
  readonly failing: readonly StillFailing[];
  /** Files whose runs pass now. */
  readonly passing: readonly string[];
  /** Files that play nothing any more, and why. */
  readonly unusable: readonly { readonly file: string; readonly problem: string }[];
  readonly lost: readonly LostRun[];
}

export interface SavedOptions {
  readonly folder: string;
  /** The user's files that the saved ones may go back to. */
  readonly files: readonly string[];
  readonly jobs: number;
  readonly signal?: AbortSignal;
}

/** Plays every saved failure again. */
export async function playSaved({ folder, files, jobs, signal }: SavedOptions): Promise<SavedFailures> {
  const unusable: { file: string; problem: string }[] = [];
  const saved = new Map<string, { file: string; scenario: Scenario; seed: number }>();
  for (const file of savedIn(folder)) {
    try {
      for (const scenario of await loadScenarios(file)) {
        const { name, fixed } = scenario;
        if (saved.has(name)) throw new UsageError('DUPLICATE_SCENARIO', `"${name}" is in another file already.`);
        if (fixed !== undefined) saved.set(name, { file, scenario, seed: fixed.seed });
      }
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      unusable.push({ file, problem: error.message });
    }
  }
  const tasks = [...saved.values()].map(({ scenario: { name, fixed }, seed }, index): Task => {
    return { index, scenario: name, seed, mode: fixed?.mode ?? modeOf(seed) };
  });
  if (tasks.length === 0) return { failing: [], passing: [], unusable, lost: [] };

  const needed = [...new Set([...files, ...[...saved.values()].map(({ file }) => file)])];
  const player = workerPool(jobs, needed, identifyCode(needed), PATIENCE_SECONDS);
  const stop = () => player.stop();
  signal?.addEventListener('abort', stop);
  try {
    const { results, lost } = await playAll(player, tasks);
    const failing = results.flatMap((result): StillFailing[] => {
      const { file, scenario, seed } = saved.get(result.scenario)!;
      const { violation } = result;
      if (violation === null) return [];
      const hosts = materialise(scenario, seed).hosts.map(({ name }) => name);
      return [{ file, identity: bugOf(scenario.fixed!.scenario, violation, hosts), result, violation }];
    });
    const passing = results.flatMap((one) => (one.violation === null ? [saved.get(one.scenario)!.file] : []));
    return { failing, passing, unusable, lost };
  } finally {
    signal?.removeEventListener('abort', stop);
    player.stop();
  }
}

async function playAll(player: Player, tasks: readonly Task[]): Promise<{ results: RunResult[]; lost: LostRun[] }> {
  const results: RunResult[] = [];
  const lost: LostRun[] = [];
  await player.play(tasks, {
    onDone: ({ index, result }) => (results[index] = result),
    onLost: ({ task: { scenario, seed }, how }) => lost.push({ scenario, seed, how }),
  });
  return { results: results.filter((result) => result !== undefined), lost };
}

function savedIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => REGRESSION_FILE.test(name));
  return names.toSorted().map((name) => asTyped(resolve(folder, name)));
}
