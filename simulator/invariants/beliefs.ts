import { State } from '../../core/wire/messages.ts';

/** What an observer holds of a subject: `State` moved up by one, so that an untouched cell means "never heard of". */
export const Belief = { unknown: 0, alive: 1, suspect: 2, dead: 3, left: 4 } as const;
export type Belief = (typeof Belief)[keyof typeof Belief];

export function beliefOf(state: State | undefined): Belief {
  return state === undefined ? Belief.unknown : BY_STATE[state];
}

const BY_STATE = {
  [State.alive]: Belief.alive,
  [State.suspect]: Belief.suspect,
  [State.dead]: Belief.dead,
  [State.left]: Belief.left,
} as const;

const WORDS = ['unknown', 'alive', 'suspect', 'dead', 'left'] as const;

export function beliefInWords(belief: number): string {
  return WORDS[belief] ?? 'unknown';
}

/** Alive or suspect: counted as a member of the cluster. */
export function isListed(belief: number): boolean {
  return belief === Belief.alive || belief === Belief.suspect;
}

/** Dead or left: departed, but not forgotten yet. */
export function isGone(belief: number): boolean {
  return belief >= Belief.dead;
}

/** What every observer believes of every subject, by row (observer) and column (subject), in typed arrays. */
export class Beliefs {
  readonly #rows: number;
  #columns: number;
  #belief: Uint8Array;
  #incarnation: Uint32Array;
  #description: Uint32Array;
  #since: Float64Array;

  constructor(rows: number, columns: number) {
    this.#rows = rows;
    this.#columns = columns;
    const cells = rows * columns;
    this.#belief = new Uint8Array(cells);
    this.#incarnation = new Uint32Array(cells);
    this.#description = new Uint32Array(cells);
    this.#since = new Float64Array(cells);
  }

  belief(row: number, column: number): number {
    return this.#belief[row * this.#columns + column] as number;
  }

  /** Stays after the subject was forgotten: older news must not bring it back. */
  incarnation(row: number, column: number): number {
    return this.#incarnation[row * this.#columns + column] as number;
  }

  description(row: number, column: number): number {
    return this.#description[row * this.#columns + column] as number;
  }

  /** When the belief (not merely the incarnation or the description) last changed. */
  since(row: number, column: number): number {
    return this.#since[row * this.#columns + column] as number;
  }

  set(row: number, column: number, belief: Belief, incarnation: number, description: number, now: number): void {
    const cell = row * this.#columns + column;
    if (this.#belief[cell] !== belief) this.#since[cell] = now;
    this.#belief[cell] = belief;
    this.#incarnation[cell] = incarnation;
    this.#description[cell] = description;
  }

  clearRow(row: number): void {
    const start = row * this.#columns;
    const end = start + this.#columns;
    this.#belief.fill(Belief.unknown, start, end);
    this.#incarnation.fill(0, start, end);
    this.#description.fill(0, start, end);
    this.#since.fill(0, start, end);
  }

  /** Makes room for subjects beyond the hosts of the topology: aliases and strangers. Rare, so it may copy. */
  growTo(columns: number): void {
    if (columns <= this.#columns) return;
    const wider = new Beliefs(this.#rows, columns);
    for (let row = 0; row < this.#rows; row++) {
      const from = row * this.#columns;
      const to = row * columns;
      wider.#belief.set(this.#belief.subarray(from, from + this.#columns), to);
      wider.#incarnation.set(this.#incarnation.subarray(from, from + this.#columns), to);
      wider.#description.set(this.#description.subarray(from, from + this.#columns), to);
      wider.#since.set(this.#since.subarray(from, from + this.#columns), to);
    }
    this.#belief = wider.#belief;
    this.#incarnation = wider.#incarnation;
    this.#description = wider.#description;
    this.#since = wider.#since;
    this.#columns = columns;
  }

  get columns(): number {
    return this.#columns;
  }
}
