import type { Micros } from '../ports/clock.ts';
import { State, type Description, type PeerState } from '../wire/messages.ts';
import type { Names } from './names.ts';

/** A row is four numbers side by side, so that looking at a member touches memory once. */
const STRIDE = 4;
const INCARNATION = 0;
/** The incarnation at which the description was given. */
const DESCRIBED = 1;
/** The state, and whether the address is proven. */
const STANDING = 2;
const ID = 3;

const STATE_BITS = 3;
const PROVEN = 4;
const FREE = 8;

/**
 * One view: what this node holds of every member it knows, itself included. Columns of numbers rather than objects,
 * because a simulation of n nodes holds n^2 of these. Rows are stable while a member is held; freed rows are reused.
 */
export class MemberTable {
  readonly #names: Names;
  #rowOfId = new Int32Array(16).fill(-1);
  #cells = new Int32Array(16 * STRIDE);
  #changed = new Float64Array(16);
  readonly #descriptions: (Description | undefined)[] = [];
  readonly #exported: (PeerState | undefined)[] = [];
  readonly #free: number[] = [];
  #rows = 0;
  readonly #counts = [0, 0, 0, 0];
  #version = 0;

  constructor(names: Names) {
    this.#names = names;
  }

  /** Grows with every change: equal versions mean equal tables. */
  get version(): number {
    return this.#version;
  }

  /** Every row below this is a member or free. */
  get rows(): number {
    return this.#rows;
  }

  /** Members of any state, self included. */
  get size(): number {
    return this.#rows - this.#free.length;
  }

  count(state: State): number {
    return this.#counts[state]!;
  }

  /** Alive or suspect, self included. */
  get live(): number {
    return this.#counts[State.alive]! + this.#counts[State.suspect]!;
  }

  /** The row of a name, or -1. */
  find(name: string): number {
    const id = this.#names.find(name);
    return id < 0 || id >= this.#rowOfId.length ? -1 : this.#rowOfId[id]!;
  }

  holds(row: number): boolean {
    return (this.#cells[row * STRIDE + STANDING]! & FREE) === 0;
  }

  /** Alive or suspect: the states below 2. */
  isLive(row: number): boolean {
    return (this.#cells[row * STRIDE + STANDING]! & (FREE | 2)) === 0;
  }

  state(row: number): State {
    return (this.#cells[row * STRIDE + STANDING]! & STATE_BITS) as State;
  }

  incarnation(row: number): number {
    return this.#cells[row * STRIDE + INCARNATION]! >>> 0;
  }

  /** When the state last changed. */
  changed(row: number): Micros {
    return this.#changed[row]!;
  }

  description(row: number): Description {
    return this.#descriptions[row]!;
  }

  /** The incarnation at which the description was given: it may lag behind the state's. */
  describedAt(row: number): number {
    return this.#cells[row * STRIDE + DESCRIBED]! >>> 0;
  }

  /** It answered us at the address that we hold: whoever sits there is no victim of a forged source. */
  isProven(row: number): boolean {
    return (this.#cells[row * STRIDE + STANDING]! & PROVEN) !== 0;
  }

  prove(row: number): void {
    this.#cells[row * STRIDE + STANDING]! |= PROVEN;
  }

  insert(about: Description, state: State, incarnation: number, now: Micros, describedAt = incarnation): number {
    const id = this.#names.acquire(about.name);
    const row = this.#free.pop() ?? this.#rows++;
    this.#reserve(row, id);
    this.#rowOfId[id] = row;
    const cell = row * STRIDE;
    this.#cells[cell + ID] = id;
    this.#cells[cell + INCARNATION] = incarnation;
    this.#cells[cell + DESCRIBED] = describedAt;
    this.#cells[cell + STANDING] = state;
    this.#changed[row] = now;
    this.#descriptions[row] = about;
    this.#exported[row] = undefined;
    this.#counts[state]! += 1;
    this.#version += 1;
    return row;
  }

  /** Moves a member to a state and incarnation; the caller has asked the lattice. */
  set(row: number, state: State, incarnation: number, now: Micros): void {
    const cell = row * STRIDE;
    const standing = this.#cells[cell + STANDING]!;
    const before = standing & STATE_BITS;
    if (before !== state) {
      this.#counts[before]! -= 1;
      this.#counts[state]! += 1;
      this.#cells[cell + STANDING] = (standing & PROVEN) | state;
      this.#changed[row] = now;
    }
    this.#cells[cell + INCARNATION] = incarnation;
    this.#exported[row] = undefined;
    this.#version += 1;
  }

  describe(row: number, about: Description, incarnation: number): void {
    const cell = row * STRIDE;
    if (this.#descriptions[row]!.address !== about.address) this.#cells[cell + STANDING]! &= ~PROVEN;
    this.#descriptions[row] = about;
    this.#cells[cell + DESCRIBED] = incarnation;
    this.#exported[row] = undefined;
    this.#version += 1;
  }

  remove(row: number): void {
    const cell = row * STRIDE;
    const id = this.#cells[cell + ID]!;
    this.#counts[this.state(row)]! -= 1;
    this.#cells[cell + STANDING] = FREE;
    this.#rowOfId[id] = -1;
    this.#descriptions[row] = undefined;
    this.#exported[row] = undefined;
    this.#free.push(row);
    this.#version += 1;
    this.#names.release(id);
  }

  /**
   * Takes over another's statement of what the row holds already. Views that agree come to share one object for each
   * member, so that most of a later exchange is a comparison of references.
   */
  adopt(row: number, statement: PeerState): void {
    const { about, incarnation, state } = statement;
    const same = about === this.#descriptions[row] && incarnation === this.incarnation(row);
    if (same && state === this.state(row)) this.#exported[row] = statement;
  }

  /** Whether this very statement is what the row holds. */
  states(row: number, statement: PeerState): boolean {
    return this.#exported[row] === statement;
  }

  /** The row as push/pull states it; the same frozen object until the row changes. */
  exported(row: number): PeerState {
    let state = this.#exported[row];
    if (state === undefined) {
      state = Object.freeze({
        about: this.#descriptions[row]!,
        incarnation: this.incarnation(row),
        state: this.state(row),
      });
      this.#exported[row] = state;
    }
    return state;
  }

  #reserve(row: number, id: number): void {
    if (row >= this.#changed.length) {
      const rows = this.#changed.length * 2;
      this.#cells = grow(this.#cells, new Int32Array(rows * STRIDE));
      this.#changed = grow(this.#changed, new Float64Array(rows));
    }
    if (id >= this.#rowOfId.length) {
      this.#rowOfId = grow(this.#rowOfId, new Int32Array(Math.max(id + 1, this.#rowOfId.length * 2)).fill(-1));
    }
  }
}

function grow<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
