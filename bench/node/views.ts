import type { Observe } from '../../core/membership/observation.ts';
import { State } from '../../core/wire/messages.ts';

/** No entry: none of the states of the wire. */
const NONE = 255;

/** What a group of observers hold of a group of subjects, kept up to date by what the observers tell. */
export class Views {
  readonly #subjects: ReadonlyMap<string, number>;
  readonly #rows: readonly Uint8Array[];
  readonly #aliveBy: Int32Array;
  readonly #listedBy: Int32Array;
  readonly #onChange: () => void;

  constructor(observers: number, subjects: readonly string[], onChange: () => void) {
    this.#subjects = new Map(subjects.map((name, index) => [name, index]));
    this.#rows = Array.from({ length: observers }, () => new Uint8Array(subjects.length).fill(NONE));
    this.#aliveBy = new Int32Array(subjects.length);
    this.#listedBy = new Int32Array(subjects.length);
    this.#onChange = onChange;
  }

  /** Whether every observer holds each of these alive. */
  allAlive(names: readonly string[]): boolean {
    return names.every((name) => this.#aliveBy[this.#index(name)] === this.#rows.length);
  }

  /** How many entries, over all observers, list one of these alive or suspect. */
  listings(names: readonly string[]): number {
    return names.reduce((sum, name) => sum + this.#listedBy[this.#index(name)]!, 0);
  }

  /** For the `observe` of this observer's node. */
  observe(observer: number): Observe {
    return (observation) => {
      if (observation.type !== 'transition') return;
      const subject = this.#subjects.get(observation.subject);
      if (subject === undefined) return;
      this.#set(observer, subject, observation.to ?? NONE);
      this.#onChange();
    };
  }

  /** This observer is gone, and with it its view. */
  clear(observer: number): void {
    for (let subject = 0; subject < this.#subjects.size; subject += 1) this.#set(observer, subject, NONE);
    this.#onChange();
  }

  #set(observer: number, subject: number, state: number): void {
    const row = this.#rows[observer]!;
    const before = row[subject]!;
    row[subject] = state;
    this.#aliveBy[subject]! += Number(state === State.alive) - Number(before === State.alive);
    this.#listedBy[subject]! += Number(isListed(state)) - Number(isListed(before));
  }

  #index(name: string): number {
    const index = this.#subjects.get(name);
    if (index === undefined) throw new Error(`nobody watches ${name}`);
    return index;
  }
}

function isListed(state: number): boolean {
  return state === State.alive || state === State.suspect;
}
