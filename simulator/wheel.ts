import { InvalidSetting } from '../core/errors.ts';
import type { Micros } from '../core/ports/clock.ts';

const BITS = 11;
const SLOTS = 1 << BITS;
const MASK = SLOTS - 1;
/** Five digits of 11 bits hold every whole number that a float64 holds exactly, so nothing ever overflows the wheel. */
const LEVELS = 5;
const HEADS = LEVELS * SLOTS;
/** A time is cut into a low half of two digits and a high half of three, so that all digit arithmetic is on int32. */
const LOW_RANGE = SLOTS * SLOTS;
const WORDS = SLOTS / 32;
const IDLE = -1;

/**
 * A hierarchical timing wheel with ticks of one microsecond: hands out the ids it was given in exact
 * (time, insertion) order.
 *
 * Level L holds what differs from the wheel's position first in digit L (base 2048). A slot is emptied into the lower
 * levels at the moment when the position enters it, hence before anything can be put into those levels directly:
 * this alone keeps equal times in the order of their insertion.
 *
 * Each slot is a circular list through `#next` and `#previous`, whose first `HEADS` entries are the slots' own.
 */
export class TimerWheel {
  #next: Int32Array;
  #previous: Int32Array;
  #time: Float64Array;
  #capacity: number;
  #size = 0;
  #low = 0;
  #high = 0;
  /** One bit per slot that holds something, and per level two words that say which of those words are not 0. */
  readonly #occupied = new Int32Array(LEVELS * WORDS);
  readonly #summary = new Int32Array(LEVELS * 2);

  constructor(capacity = 1024) {
    this.#capacity = capacity;
    this.#next = new Int32Array(HEADS + capacity).fill(IDLE);
    this.#previous = new Int32Array(HEADS + capacity);
    this.#time = new Float64Array(capacity);
    for (let head = 0; head < HEADS; head++) this.#next[head] = this.#previous[head] = head;
  }

  /** How many ids are scheduled. */
  get size(): number {
    return this.#size;
  }

  /** Ids are whole numbers below this. */
  get capacity(): number {
    return this.#capacity;
  }

  grow(capacity: number): void {
    const next = new Int32Array(HEADS + capacity).fill(IDLE);
    next.set(this.#next);
    this.#next = next;
    const previous = new Int32Array(HEADS + capacity);
    previous.set(this.#previous);
    this.#previous = previous;
    const time = new Float64Array(capacity);
    time.set(this.#time);
    this.#time = time;
    this.#capacity = capacity;
  }

  /** When this id is due, or was due when it was last scheduled. */
  timeOf(id: number): Micros {
    return this.#time[id] as number;
  }

  isScheduled(id: number): boolean {
    return this.#next[HEADS + id] !== IDLE;
  }

  /** `time` must not lie before what was popped last, and `id` must not be scheduled. */
  schedule(id: number, time: Micros): void {
    if (!(time <= Number.MAX_SAFE_INTEGER)) throw new InvalidSetting('time', time, 'a time below 2^53 microseconds');
    this.#time[id] = time;
    this.#size++;
    this.#insert(HEADS + id, time);
  }

  /** False when the id was not scheduled. */
  cancel(id: number): boolean {
    if (this.#next[HEADS + id] === IDLE) return false;
    this.#unlink(HEADS + id);
    this.#size--;
    return true;
  }

  /** Takes out the next id that is due at `limit` or before; -1 when there is none. */
  pop(limit: Micros): number {
    for (;;) {
      const slot = this.#seek(0, this.#low & MASK);
      if (slot >= 0) {
        const node = this.#next[slot] as number;
        const time = this.#time[node - HEADS] as number;
        if (time > limit) return -1;
        this.#low = (this.#low & ~MASK) | slot;
        this.#unlink(node);
        this.#size--;
        return node - HEADS;
      }
      if (!this.#descend(limit)) return -1;
    }
  }

  /** Enters the next occupied slot above level 0, unless it begins after `limit`. */
  #descend(limit: Micros): boolean {
    for (let level = 1; level < LEVELS; level++) {
      const shift = level < 2 ? BITS : (level - 2) * BITS;
      const digit = ((level < 2 ? this.#low : this.#high) >>> shift) & MASK;
      const slot = this.#seek(level, digit + 1);
      if (slot < 0) continue;
      let low = 0;
      let high = this.#high;
      if (level < 2) low = slot << BITS;
      else high = (((high >>> (shift + BITS)) << BITS) | slot) << shift;
      // The position may move up to `limit` only: the caller may still schedule anything from there on.
      if (high * LOW_RANGE + low > limit) return false;
      this.#low = low;
      this.#high = high;
      this.#cascade(level * SLOTS + slot);
      return true;
    }
    return false;
  }

  #cascade(head: number): void {
    const next = this.#next;
    let node = next[head] as number;
    next[head] = this.#previous[head] = head;
    this.#clear(head);
    while (node !== head) {
      const following = next[node] as number;
      this.#insert(node, this.#time[node - HEADS] as number);
      node = following;
    }
  }

  #insert(node: number, time: Micros): void {
    const high = Math.floor(time / LOW_RANGE) | 0;
    const low = (time - high * LOW_RANGE) | 0;
    let head: number;
    if (high === this.#high) {
      head = (low ^ this.#low) < SLOTS ? low & MASK : SLOTS + (low >>> BITS);
    } else {
      const differing = high ^ this.#high;
      if (differing < SLOTS) head = 2 * SLOTS + (high & MASK);
      else if (differing < LOW_RANGE) head = 3 * SLOTS + ((high >>> BITS) & MASK);
      else head = 4 * SLOTS + (high >>> (2 * BITS));
    }
    const last = this.#previous[head] as number;
    if (last === head) this.#mark(head);
    this.#next[last] = node;
    this.#previous[node] = last;
    this.#next[node] = head;
    this.#previous[head] = node;
  }

  #unlink(node: number): void {
    const next = this.#next[node] as number;
    const previous = this.#previous[node] as number;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.#next[node] = IDLE;
    // Only a head can be both neighbours: its slot is empty now.
    if (next === previous) this.#clear(next);
  }

  #mark(head: number): void {
    const word = head >>> 5;
    this.#occupied[word] = (this.#occupied[word] as number) | (1 << (head & 31));
    const group = word >>> 5;
    this.#summary[group] = (this.#summary[group] as number) | (1 << (word & 31));
  }

  #clear(head: number): void {
    const word = head >>> 5;
    const left = (this.#occupied[word] as number) & ~(1 << (head & 31));
    this.#occupied[word] = left;
    if (left !== 0) return;
    const group = word >>> 5;
    this.#summary[group] = (this.#summary[group] as number) & ~(1 << (word & 31));
  }

  /** The first occupied slot of a level from `from` on, or -1. */
  #seek(level: number, from: number): number {
    if (from >= SLOTS) return -1;
    let word = from >>> 5;
    const here = (this.#occupied[level * WORDS + word] as number) & (-1 << (from & 31));
    if (here !== 0) return (word << 5) + lowestBit(here);
    word++;
    for (let group = word >>> 5; group < 2; group++) {
      const masked = (word & 31) === 0 ? -1 : -1 << (word & 31);
      const words = (this.#summary[level * 2 + group] as number) & masked;
      if (words !== 0) {
        const found = (group << 5) + lowestBit(words);
        return (found << 5) + lowestBit(this.#occupied[level * WORDS + found] as number);
      }
      word = (group + 1) << 5;
    }
    return -1;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
