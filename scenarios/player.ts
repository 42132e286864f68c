import type { CodeIdentity } from './code.ts';
import { edited, type Edit } from './edit.ts';
import { InvalidScenario } from './errors.ts';
import { sabotaged, type Sabotage } from './hunt/sabotage.ts';
import { playWorld } from './play.ts';
import type { Mode, RunResult } from './result.ts';
import type { Scenario } from './scenario.ts';

/** One run to be played. `index` is its place in the suite, whoever plays it and whenever. */
export interface Task {
  readonly index: number;
  readonly scenario: string;
  readonly seed: number;
  readonly mode: Mode;
  /** What is changed in the run; its result then has a token that only a file with this edit can replay. */
  readonly edit?: Edit;
  /** Asks for the run's shape. */
  readonly shape?: boolean;
  /** A known bug that is put into the run, to see whether it is found. */
  readonly sabotage?: Sabotage;
}

/** A task done; `busySeconds` is wall time, and no part of the result. */
export interface Done {
  readonly index: number;
  readonly result: RunResult;
  readonly busySeconds: number;
  /** Of runs that were asked for it: see `simulator/shape.ts`. */
  readonly shape?: readonly number[];
}

/** A run that has no result: it never ended, or took its thread with it. */
export interface Lost {
  readonly task: Task;
  readonly how: string;
}

/** What becomes of tasks. */
export interface PlayListener {
  onDone(done: Done): void;
  onLost(lost: Lost): void;
}

/** Whoever plays tasks: worker threads, or this one. */
export interface Player {
  readonly workers: number;
  /** What is under way. */
  readonly playing: readonly Task[];
  /** Plays tasks in the order of their index and reports each; ends when all are done or it was stopped. Then again. */
  play(tasks: readonly Task[], listener: PlayListener): Promise<void>;
  /** Until the tasks of now are over, nothing after this index is begun. */
  limit(index: number): void;
  /** Ends at once and for good: what is under way is lost. */
  stop(): void;
}

export async function playTask(task: Task, scenario: Scenario, code: CodeIdentity): Promise<Done> {
  const began = performance.now();
  const { index, seed, mode, edit, shape, sabotage } = task;
  const changed = edit === undefined ? scenario : edited(scenario, seed, edit);
  const played = sabotage === undefined ? changed : sabotaged(changed, sabotage);
  const { result, world } = await playWorld(played, seed, { mode, code, ...(shape === true && { shape }) });
  const busySeconds = (performance.now() - began) / 1000;
  return { index, result, busySeconds, ...(shape === true && { shape: world.shape }) };
}

/** Not every change of a scenario can be built: that says something about the change, and nothing about the scenario. */
export function isUnplayableEdit(error: unknown, { edit }: Task): error is InvalidScenario {
  return edit !== undefined && error instanceof InvalidScenario;
}

/** Plays in this thread: for a handful of runs, and for scenarios that no other thread can import. */
export function inlinePlayer(find: (name: string) => Scenario, code: CodeIdentity): Player {
  const playing: Task[] = [];
  let last = Number.POSITIVE_INFINITY;
  let stopped = false;
  return {
    workers: 1,
    playing,
    async play(tasks, { onDone, onLost }) {
      for (const task of tasks) {
        if (stopped || task.index > last) continue;
        playing.push(task);
        try {
          onDone(await playTask(task, find(task.scenario), code));
        } catch (error) {
          if (!isUnplayableEdit(error, task)) throw error;
          onLost({ task, how: error.message });
        } finally {
          playing.pop();
        }
      }
      last = Number.POSITIVE_INFINITY;
    },
    limit(index) {
      last = Math.min(last, index);
    },
    stop() {
      stopped = true;
    },
  };
}
