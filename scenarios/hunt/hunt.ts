import { SECOND } from '../../core/ports/clock.ts';
import type { Edit } from '../edit.ts';
import { materialise } from '../play.ts';
import type { Done, Player, Task } from '../player.ts';
import type { Failure, LostRun, Mode, RunResult } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { LONGEST_TIMER } from '../suite.ts';
import { canaryTasks } from './canary.ts';
import { Corpus } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { Drawing, GENERATION } from './generation.ts';
import { bugOf } from '../failure-identity.ts';
import type { Sabotage } from './sabotage.ts';

export interface HuntPlan {
  readonly scenarios: readonly Scenario[];
  readonly firstSeed: number;
  /** How many runs at most; without a number, until the time is up. */
  readonly runs?: number;
  readonly timeLimitSeconds?: number;
  /** Go on after a failure, and collect different ones. */
  readonly collect?: boolean;
  /** The bug that the canary has. */
  readonly sabotage: Sabotage;
  /** False plays fresh seeds alone: to measure what the feedback is worth. */
  readonly feedback?: boolean;
}

/** A failure that the hunt found, and the first run that showed it. */
export interface Finding {
  readonly identity: string;
  /** How many runs of the hunt were played until then, this one included. */
  readonly run: number;
  readonly scenario: string;
  readonly seed: number;
  readonly mode: Mode;
  readonly edit?: Edit;
  readonly result: RunResult;
  readonly violation: Failure;
  /** In how many runs it showed. */
  times: number;
}

/** What became of the sabotaged runs; a hunt that cannot find these proves nothing by finding nothing. */
export interface CanaryResult {
  readonly sabotage: Sabotage;
  /** How many were played until one was caught, or in all. */
  readonly runs: number;
  readonly caughtBy: Failure | undefined;
}

export interface HuntResult {
  readonly runs: number;
  readonly variations: number;
  readonly simulatedSeconds: number;
  readonly wallSeconds: number;
  readonly workers: number;
  readonly coverage: Coverage;
  readonly findings: readonly Finding[];
  readonly lost: readonly LostRun[];
  readonly canary: CanaryResult;
  readonly stopped: 'runs' | 'time' | 'failure' | 'interrupted';
}

/** How far a hunt is. `ahead` runs are played, and not taken in before their generation is over. */
export type HuntProgress = Omit<HuntResult, 'canary' | 'stopped' | 'workers'> & { readonly ahead: number };

export interface HuntListener {
  onRun?(progress: HuntProgress): void;
  /** A failure like none before: to be kept at once, for a long hunt may not come to its end. */
  onFinding?(finding: Finding): Promise<void>;
  readonly signal?: AbortSignal;
}

/** What is still playing so long after the time is up counts as hung. */
const GRACE_SECONDS = 10;

/**
 * Plays drawn runs until something breaks or the time is up. What it plays follows from the plan alone: results are
 * taken in by index, a whole generation at a time, whoever played them and whenever. Only the time and a person can
 * end it elsewhere.
 */
export async function hunt(plan: HuntPlan, player: Player, listener: HuntListener = {}): Promise<HuntResult> {
  return new Hunt(plan, player, listener).run();
}

/** A fault that had no effect, as a scenario demands, is no sign of the sabotage. */
function isCaught({ result: { violation } }: Done): boolean {
  return violation !== null && violation.invariant !== 'must-strike';
}

class Hunt {
  readonly #plan: HuntPlan;
  readonly #player: Player;
  readonly #listener: HuntListener;
  readonly #began = performance.now();
  readonly #coverage: Coverage;
  readonly #corpus: Corpus;
  readonly #findings = new Map<string, Finding>();
  readonly #lost: LostRun[] = [];
  #runs = 0;
  #variations = 0;
  #simulated = 0;
  #stopped: HuntResult['stopped'] | undefined;

  constructor(plan: HuntPlan, player: Player, listener: HuntListener) {
    this.#plan = plan;
    this.#player = player;
    this.#listener = listener;
    this.#coverage = new Coverage(plan.scenarios);
    this.#corpus = new Corpus(this.#coverage);
  }

  async run(): Promise<HuntResult> {
    const { signal } = this.#listener;
    const interrupt = () => {
      this.#stopped = 'interrupted';
      this.#player.stop();
    };
    signal?.addEventListener('abort', interrupt);
    if (signal?.aborted === true) interrupt();
    try {
      const canary = await this.#unlessHung(() => this.#playCanary());
      const callOff = this.#afterTime(0, () => {
        this.#stopped ??= 'time';
        this.#player.limit(-1);
      });
      await this.#unlessHung(() => this.#playGenerations()).finally(callOff);
      const { ahead: _, ...found } = this.#progress(0);
      return { ...found, workers: this.#player.workers, canary, stopped: this.#stopped ?? 'runs' };
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }

  /** The same drawing, the same threads, the same judges: and a bug that is known to be there. */
  async #playCanary(): Promise<CanaryResult> {
    const { sabotage } = this.#plan;
    const done = await this.#play(canaryTasks(this.#plan, sabotage), isCaught);
    const caught = done.find(isCaught);
    const runs = caught === undefined ? done.length : caught.index + 1;
    return { sabotage, runs, caughtBy: caught?.result.violation ?? undefined };
  }

  async #playGenerations(): Promise<void> {
    const { runs = Number.POSITIVE_INFINITY, collect = false } = this.#plan;
    const drawing = new Drawing(this.#plan, this.#corpus);
    const ends = (task: Task, done: Done) => !collect && this.#failureOf(task, done) !== undefined;
    for (let drawn = 0; this.#stopped === undefined && drawn < runs; drawn += GENERATION) {
      const tasks = drawing.next(Math.min(GENERATION, runs - drawn));
      const byIndex = new Map(tasks.map((task) => [task.index, task]));
      const done = await this.#play(
        tasks,
        (one) => ends(byIndex.get(one.index) as Task, one),
        (ahead) => this.#listener.onRun?.(this.#progress(ahead)),
      );
      for (const one of done) {
        const task = byIndex.get(one.index) as Task;
        await this.#takeIn(task, one);
        // Other threads may have been ahead: what came after does not count, so that the result is one.
        if (!ends(task, one)) continue;
        this.#stopped = 'failure';
        return;
      }
      if (this.#lost.length > 0 && !collect) this.#stopped ??= 'failure';
    }
  }

  /** Plays a list, up to the first that is enough; what was done, by index. */
  async #play(
    tasks: readonly Task[],
    isEnough: (done: Done) => boolean,
    onDone?: (played: number) => void,
  ): Promise<Done[]> {
    const done: Done[] = [];
    let end = Number.POSITIVE_INFINITY;
    await this.#player.play(tasks, {
      onDone: (one) => {
        done.push(one);
        if (isEnough(one)) this.#player.limit(one.index);
        onDone?.(done.length);
      },
      onLost: ({ task, how }) => {
        const { scenario, seed, edit } = task;
        this.#lost.push({ scenario, seed, how: edit === undefined ? how : `in a variation of it, ${how}` });
        if (this.#plan.collect === true) return;
        end = Math.min(end, task.index);
        this.#player.limit(end);
      },
    });
    return done.filter(({ index }) => index < end).toSorted((a, b) => a.index - b.index);
  }

  async #takeIn(task: Task, done: Done): Promise<void> {
    const { result } = done;
    this.#runs += 1;
    if (task.edit !== undefined) this.#variations += 1;
    this.#simulated += result.metrics.simulated;
    const isNew = this.#coverage.add(done);
    const violation = this.#failureOf(task, done);
    if (violation === undefined) {
      const { anySchedule } = this.#scenarioOf(task);
      if (isNew && anySchedule === true) this.#corpus.add(task, done);
      return;
    }
    const { scenario, seed, mode, edit } = task;
    const identity = bugOf(scenario, violation, this.#hostsOf(task));
    const known = this.#findings.get(identity);
    if (known !== undefined) {
      known.times += 1;
      return;
    }
    const origin = { scenario, seed, mode, ...(edit === undefined ? {} : { edit }) };
    const found: Finding = { ...origin, identity, run: this.#runs, result, violation, times: 1 };
    this.#findings.set(identity, found);
    await this.#listener.onFinding?.(found);
  }

  /**
   * What speaks against a run. What a scenario expects of its own story, that its faults strike for one, says nothing
   * about a variation of it: another story, which only has to keep the rules.
   */
  #failureOf({ edit }: Task, { result }: Done): Failure | undefined {
    const { violation } = result;
    if (violation === null) return undefined;
    const isAboutStory = violation.invariant === 'must-strike' || violation.invariant.startsWith('expectation-');
    return edit !== undefined && isAboutStory ? undefined : violation;
  }

  #hostsOf(task: Task): string[] {
    return materialise(this.#scenarioOf(task), task.seed).hosts.map(({ name }) => name);
  }

  #scenarioOf({ scenario }: Task): Scenario {
    return this.#plan.scenarios.find(({ name }) => name === scenario) as Scenario;
  }

  /** A hang is not a pass: what still plays long after the time is given up. */
  async #unlessHung<T>(play: () => Promise<T>): Promise<T> {
    const callOff = this.#afterTime(GRACE_SECONDS, () => {
      this.#stopped ??= 'time';
      for (const { scenario, seed } of this.#player.playing) {
        this.#lost.push({ scenario, seed, how: `still playing ${GRACE_SECONDS} s after the time was up` });
      }
      this.#player.stop();
    });
    return play().finally(callOff);
  }

  /** So many seconds after the plan's time, counted from now; returns what calls it off. */
  #afterTime(seconds: number, callback: () => void): () => void {
    const { timeLimitSeconds } = this.#plan;
    if (timeLimitSeconds === undefined) return () => {};
    const timer = setTimeout(callback, Math.min((timeLimitSeconds + seconds) * 1000, LONGEST_TIMER));
    return () => clearTimeout(timer);
  }

  #progress(ahead: number): HuntProgress {
    return {
      ahead,
      runs: this.#runs,
      variations: this.#variations,
      simulatedSeconds: this.#simulated / SECOND,
      wallSeconds: (performance.now() - this.#began) / 1000,
      coverage: this.#coverage,
      findings: [...this.#findings.values()],
      lost: this.#lost,
    };
  }
}
