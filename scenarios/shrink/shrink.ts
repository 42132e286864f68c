import type { Micros } from '../../core/ports/clock.ts';
import { SECOND } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { CodeIdentity } from '../code.ts';
import { edited, withoutHosts } from '../edit.ts';
import { materialise, playWorld } from '../play.ts';
import type { Player } from '../player.ts';
import { NotReproduced, Unsteady } from '../regression/failing-run.ts';
import type { FailureIdentity } from '../failure-identity.ts';
import type { WholeEdit } from '../regression/whole-edit.ts';
import type { Mode } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { ddmin } from './ddmin.ts';
import { DroppedMessages, isLossy } from './drops.ts';
import { Oracle, Stopped } from './oracle.ts';
import { OwnReasons } from './own-reasons.ts';
import { simpler } from './parts.ts';

/** A run that fails, as an edit of the scenario that it goes back to. */
export interface ShrinkTarget {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly mode: Mode;
  readonly failure: FailureIdentity;
  readonly edit: WholeEdit;
}

export interface ShrinkProgress extends Size {
  readonly played: number;
}

export interface ShrinkOptions {
  readonly player: Player;
  readonly code: CodeIdentity;
  onProgress?(progress: ShrinkProgress): void;
  /** Ends the search: the smallest so far is the result. */
  readonly signal?: AbortSignal;
}

/** What a run takes. */
export interface Size {
  readonly faults: number;
  readonly hosts: number;
  readonly duration: Micros;
  /** How many settings differ from the preset's. */
  readonly settings: number;
}

export interface Shrunk {
  readonly edit: WholeEdit;
  readonly before: Size;
  readonly after: Size;
  /** Without any one of its faults, but for those that are pinned, the run passes or fails in another way: played. */
  readonly minimal: boolean;
  /** Faults, by id, that stay because the run could fail for a reason of its own without them. */
  readonly pinned: readonly string[];
  readonly played: number;
}

/** Until this much after the failure, it may move while the schedule shrinks. */
const SLACK = (at: Micros): Micros => 10 * SECOND + Math.floor(at / 2);

/** A lossy link that comes down to more messages than these is better told as a lossy link. */
const FEW_DROPS = 3;

/** Beyond this, finding out which of the lost messages mattered takes too long. */
const MOST_DROPS = 1000;

/** Up to so many faults, any two are tried together: a crash goes with its restart. */
const PAIRED_FAULTS = 10;

const UNSTEADY =
  'The smallest schedule was played twice and was not the same run both times. `rollcall verify` finds the first event that differs.';

/** Finds a small schedule with which a run still fails in the same way. */
export async function shrink(target: ShrinkTarget, options: ShrinkOptions): Promise<Shrunk> {
  return new Shrinking(target, options).run();
}

class Shrinking {
  readonly #target: ShrinkTarget;
  readonly #code: CodeIdentity;
  readonly #signal: AbortSignal | undefined;
  readonly #oracle: Oracle;
  readonly #hosts: readonly string[];
  readonly #ownReasons: OwnReasons;
  /** The smallest edit so far that fails in the same way. */
  #best: WholeEdit;

  constructor(target: ShrinkTarget, { player, code, onProgress, signal }: ShrinkOptions) {
    const { scenario, seed, mode, failure, edit } = target;
    this.#target = target;
    this.#code = code;
    this.#signal = signal;
    this.#best = edit;
    this.#oracle = new Oracle(player, { scenario: scenario.name, seed, mode, failure }, (played) =>
      onProgress?.({ ...this.#size(), played }),
    );
    const stage = materialise(scenario, seed);
    this.#hosts = stage.hosts.map(({ name }) => name);
    this.#ownReasons = new OwnReasons(stage, edit, failure);
  }

  async run(): Promise<Shrunk> {
    const before = this.#size();
    const stop = () => this.#oracle.stop();
    this.#signal?.addEventListener('abort', stop);
    if (this.#signal?.aborted === true) stop();
    let minimal = false;
    try {
      if ((await this.#oracle.firstFailing([this.#best])) < 0) throw new NotReproduced(this.#target);
      this.#ownReasons.needsHarm = !(await this.#failsCalmly(this.#best));
      await this.#shrink();
      minimal = await this.#isMinimal();
      if (!(await this.#oracle.isSteady(this.#best, 2))) throw new Unsteady(UNSTEADY);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      this.#signal?.removeEventListener('abort', stop);
    }
    const pinned = minimal ? this.#pinned() : [];
    return { edit: this.#best, before, after: this.#size(), minimal, pinned, played: this.#oracle.played };
  }

  /** Every way of shrinking, again and again until none finds anything; what is known is not played again. */
  async #shrink(): Promise<void> {
    for (let slack = SLACK; ; slack = () => 0) {
      const before = this.#best;
      await this.#shorten(slack);
      await this.#removeFaults();
      await this.#removeHosts();
      await this.#resetSettings();
      await this.#simplifyFaults();
      await this.#replaceLoss();
      if (this.#best === before && slack !== SLACK) return;
    }
  }

  /** To the next whole second after the failure. What is demanded of the end would then fail for lack of time. */
  async #shorten(slack: (at: Micros) => Micros): Promise<void> {
    if (this.#target.failure.phase === 'end') return;
    const at = this.#oracle.failure(this.#best)!.violation!.at;
    const duration = Math.ceil((at + 1 + slack(at)) / SECOND) * SECOND;
    if (duration < this.#best.duration) await this.#adopt([{ ...this.#best, duration }]);
  }

  async #removeFaults(): Promise<void> {
    const { faults } = this.#best;
    const removable = faults.filter((fault) => !this.#ownReasons.isFurniture(fault));
    await ddmin(removable, (lists) =>
      this.#adoptFirst(
        lists.map((kept) =>
          this.#with({ faults: faults.filter((fault) => kept.includes(fault) || !removable.includes(fault)) }),
        ),
      ),
    );
    while (this.#best.faults.length <= PAIRED_FAULTS && (await this.#adopt(this.#withoutPairs()))) continue;
  }

  #withoutPairs(): WholeEdit[] {
    const { faults } = this.#best;
    return faults.flatMap((one, index) =>
      faults.slice(index + 1).map((other) => this.#with({ faults: faults.filter((f) => f !== one && f !== other) })),
    );
  }

  async #removeHosts(): Promise<void> {
    const staying = this.#ownReasons.pillars;
    const present = this.#hosts.filter((name) => !this.#best.without.includes(name) && !staying.includes(name));
    await ddmin(present, (lists) => this.#adoptFirst(lists.map((stay) => this.#withHosts([...staying, ...stay]))));
  }

  #withHosts(stay: readonly string[]): WholeEdit {
    const without = this.#hosts.filter((name) => !stay.includes(name));
    return this.#with({ without, faults: withoutHosts(this.#best.faults, without) });
  }

  async #resetSettings(): Promise<void> {
    await ddmin(Object.entries(this.#best.settings ?? {}), (lists) =>
      this.#adoptFirst(lists.map((kept) => this.#with({ settings: Object.fromEntries(kept) }))),
    );
  }

  async #simplifyFaults(): Promise<void> {
    for (let index = 0; index < this.#best.faults.length; index += 1) {
      const simplified = () =>
        simpler(this.#best.faults[index]!).map((fault) => this.#with({ faults: this.#best.faults.with(index, fault) }));
      while (await this.#adopt(simplified())) continue;
    }
  }

  /** Which of the messages that a lossy link lost mattered? When they are few, they tell more than a percentage. */
  async #replaceLoss(): Promise<void> {
    for (const fault of this.#best.faults.filter(isLossy)) {
      const drops = (await this.#droppedMessages()).by(fault);
      if (drops.length === 0 || drops.length > MOST_DROPS) continue;
      const instead = (some: readonly Fault[]) =>
        this.#with({ faults: this.#best.faults.flatMap((other) => (other.id === fault.id ? some : [other])) });
      const firstHit = (lists: readonly (readonly Fault[])[]) => this.#firstFailing(lists.map(instead));
      if ((await firstHit([drops])) < 0) continue;
      const few = await ddmin(drops, firstHit);
      if (few.length <= FEW_DROPS) await this.#adopt([instead(few)]);
    }
  }

  async #droppedMessages(): Promise<DroppedMessages> {
    const { scenario, seed, mode } = this.#target;
    const dropped = new DroppedMessages();
    await playWorld(edited(scenario, seed, this.#best), seed, { mode, code: this.#code, onTrace: dropped.record });
    return dropped;
  }

  async #isMinimal(): Promise<boolean> {
    return (await this.#firstFailing(this.#best.faults.map((fault) => this.#withoutFault(fault)))) < 0;
  }

  /** Of a minimal schedule: what cannot be judged, and what fails in the same way even calmly. */
  #pinned(): string[] {
    const isPinned = (edit: WholeEdit) => !this.#ownReasons.isSound(edit) || this.#oracle.failure(edit) !== undefined;
    return this.#best.faults.filter((fault) => isPinned(this.#withoutFault(fault))).map(({ id }) => id);
  }

  #withoutFault(gone: Fault): WholeEdit {
    return this.#with({ faults: this.#best.faults.filter((fault) => fault !== gone) });
  }

  #with(change: Partial<WholeEdit>): WholeEdit {
    return { ...this.#best, ...change };
  }

  async #adopt(candidates: readonly WholeEdit[]): Promise<boolean> {
    return (await this.#adoptFirst(candidates)) >= 0;
  }

  async #adoptFirst(candidates: readonly WholeEdit[]): Promise<number> {
    const found = await this.#firstFailing(candidates);
    if (found >= 0) this.#best = candidates[found]!;
    return found;
  }

  /** The first that fails in the same way, and for no other reason. */
  async #firstFailing(candidates: readonly WholeEdit[]): Promise<number> {
    const sound = candidates.filter((edit) => this.#ownReasons.isSound(edit));
    for (let from = 0; ;) {
      const found = await this.#oracle.firstFailing(sound.slice(from));
      if (found < 0) return -1;
      const edit = sound[from + found]!;
      // What fails though nothing goes wrong in it lacks something: its seed, or a record of its name service.
      if (!this.#ownReasons.needsHarm || !(await this.#failsCalmly(edit))) return candidates.indexOf(edit);
      from += found + 1;
    }
  }

  async #failsCalmly(edit: WholeEdit): Promise<boolean> {
    return (await this.#oracle.firstFailing([this.#ownReasons.calm(edit)])) === 0;
  }

  #size(): Size {
    const { faults, without, duration, settings = {} } = this.#best;
    return {
      faults: faults.length,
      hosts: this.#hosts.length - without.length,
      duration,
      settings: Object.keys(settings).length,
    };
  }
}
