import type { Edit } from '../edit.ts';
import type { Player, Task } from '../player.ts';
import type { FailureIdentity } from '../failure-identity.ts';
import { isSameFailure } from '../failure-identity.ts';
import type { Mode, RunResult } from '../result.ts';

/** The run whose failure is looked for, before anything is changed in it. */
export interface Quarry {
  readonly scenario: string;
  readonly seed: number;
  readonly mode: Mode;
  readonly failure: FailureIdentity;
}

/** Thrown when somebody does not want to wait any longer. */
export class Stopped extends Error {}

/** Knows of any edit whether the run still fails in the same way with it, by playing it, once. */
export class Oracle {
  readonly #player: Player;
  readonly #quarry: Quarry;
  /** By the edit as JSON: when it broke, or `undefined` when it did not, or not in the same way. */
  readonly #known = new Map<string, RunResult | undefined>();
  readonly #onPlayed: (played: number) => void;
  #played = 0;
  #stopped = false;

  constructor(player: Player, quarry: Quarry, onPlayed: (played: number) => void) {
    this.#player = player;
    this.#quarry = quarry;
    this.#onPlayed = onPlayed;
  }

  get played(): number {
    return this.#played;
  }

  /** What is asked from now on is not answered. */
  stop(): void {
    this.#stopped = true;
    this.#player.stop();
  }

  /** The same failure of a run that was asked about, if it had it. */
  failure(edit: Edit): RunResult | undefined {
    return this.#known.get(JSON.stringify(edit));
  }

  /** The first of the candidates, in order, that fails in the same way: whoever played which, and whenever. */
  async firstFailing(candidates: readonly Edit[]): Promise<number> {
    const keys = candidates.map((edit) => JSON.stringify(edit));
    const last = keys.findIndex((key) => this.#known.get(key) !== undefined);
    const asked = new Set<string>();
    const tasks = candidates.flatMap((edit, index): Task[] => {
      const key = keys[index]!;
      if (this.#known.has(key) || asked.has(key) || (last >= 0 && index > last)) return [];
      asked.add(key);
      return [this.#task(edit, index)];
    });
    await this.#play(tasks, (index, failed) => {
      this.#known.set(keys[index]!, failed);
      if (failed !== undefined) this.#player.limit(index);
    });
    return keys.findIndex((key) => this.#known.get(key) !== undefined);
  }

  /** Plays an edit anew, so often, and says whether it failed in the same way and with the same hash every time. */
  async isSteady(edit: Edit, times: number): Promise<boolean> {
    const hashes: (string | undefined)[] = [];
    const tasks = Array.from({ length: times }, (_, index) => this.#task(edit, index));
    await this.#play(tasks, (_, failed) => hashes.push(failed?.hash));
    return hashes.every((hash) => hash !== undefined && hash === hashes[0]);
  }

  #task(edit: Edit, index: number): Task {
    const { scenario, seed, mode } = this.#quarry;
    return { index, scenario, seed, mode, edit };
  }

  async #play(tasks: readonly Task[], hear: (index: number, failed: RunResult | undefined) => void): Promise<void> {
    const heard = (index: number, result: RunResult | undefined) => {
      this.#played += 1;
      hear(index, result !== undefined && isSameFailure(result, this.#quarry.failure) ? result : undefined);
      this.#onPlayed(this.#played);
    };
    if (this.#stopped) throw new Stopped();
    await this.#player.play(tasks, {
      onDone: ({ index, result }) => heard(index, result),
      // What cannot be built, or never ends, does not fail in the same way.
      onLost: ({ task }) => heard(task.index, undefined),
    });
    if (this.#stopped) throw new Stopped();
  }
}
