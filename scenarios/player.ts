import type { CodeIdentity } from './code.ts';
import { edited, type Edit } from './edit.ts';
import { playRun } from './play.ts';
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
}

/** A task done; `busySeconds` is wall time, and no part of the result. */
export interface Done {
  readonly index: number;
  readonly result: RunResult;
  readonly busySeconds: number;
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
  const { seed, mode, edit } = task;
  const result = await playRun(edit === undefined ? scenario : edited(scenario, seed, edit), seed, { mode, code });
  return { index: task.index, result, busySeconds: (performance.now() - began) / 1000 };
}

/** Plays in this thread: for a handful of runs, and for scenarios that no other thread can import. */
export function inlinePlayer(find: (name: string) => Scenario, code: CodeIdentity): Player {
  const playing: Task[] = [];
  let last = Number.POSITIVE_INFINITY;
  let stopped = false;
  return {
    workers: 1,
    playing,
    async play(tasks, { onDone }) {
      for (const task of tasks) {
        if (stopped || task.index > last) continue;
        playing.push(task);
        onDone(await playTask(task, find(task.scenario), code));
        playing.pop();
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
