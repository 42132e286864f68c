import { type BeliefHistory, lastUpTo } from '../../../scenarios/timeline/beliefs.ts';

/** A level is a standing and the share of those asked who hold the gravest of it, in eighths less one. */
const SHARES = 8;
/** Neighbouring entries whose highest level is known together. */
const BLOCK = 64;

/** One stretch of a lane, in pixels. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly standing: number;
  /** 0 to 1. */
  readonly share: number;
}

/** What is believed of one node over time, ready to be drawn at any scale: of what held within one pixel, the gravest shows. */
export class Band {
  readonly #times: Float64Array;
  readonly #levels: Uint8Array;
  readonly #highest: Uint8Array;

  constructor(history: BeliefHistory) {
    const { at, standing } = history;
    const times = new Float64Array(at.length);
    const levels = new Uint8Array(at.length);
    let count = 0;
    for (let entry = 0; entry < at.length; entry++) {
      const level = (standing[entry] as number) * SHARES + shareOf(history, entry);
      if (count > 0 && levels[count - 1] === level) continue;
      times[count] = at[entry] as number;
      levels[count++] = level;
    }
    this.#times = times.slice(0, count);
    this.#levels = levels.slice(0, count);
    this.#highest = new Uint8Array(Math.ceil(count / BLOCK));
    for (let entry = 0; entry < count; entry++) {
      const block = Math.floor(entry / BLOCK);
      this.#highest[block] = Math.max(this.#highest[block] as number, this.#levels[entry] as number);
    }
  }

  /** The band between two times, on so many pixels. */
  *stretches(from: number, to: number, width: number): Generator<Stretch> {
    const times = this.#times;
    const perPixel = (to - from) / width;
    let entry = lastUpTo(times, from);
    let open: { from: number; level: number } = { from: 0, level: entry < 0 ? 0 : (this.#levels[entry] as number) };
    let pixel = 0;
    while (entry + 1 < times.length) {
      const next = times[entry + 1] as number;
      if (next >= to) break;
      pixel = Math.max(pixel, Math.floor((next - from) / perPixel));
      const last = this.#lastBefore(entry + 1, from + (pixel + 1) * perPixel);
      const held = next > from + pixel * perPixel && entry >= 0 ? (this.#levels[entry] as number) : 0;
      const level = Math.max(held, this.#highestIn(entry + 1, last));
      if (level !== open.level) {
        if (pixel > open.from) yield stretch(open.from, pixel, open.level);
        open = { from: pixel, level };
      }
      // From the next pixel on it is what the last of them says.
      const rest = this.#levels[last] as number;
      if (rest !== open.level) {
        yield stretch(open.from, pixel + 1, open.level);
        open = { from: pixel + 1, level: rest };
      }
      entry = last;
      pixel++;
    }
    yield stretch(open.from, width, open.level);
  }

  /** The last entry, from `first` on, that begins before `time`. */
  #lastBefore(first: number, time: number): number {
    let step = 1;
    while (first + step < this.#times.length && (this.#times[first + step] as number) < time) step *= 2;
    let [low, high] = [first + Math.floor(step / 2), Math.min(first + step, this.#times.length)];
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] as number) < time) low = middle;
      else high = middle;
    }
    return low;
  }

  #highestIn(first: number, last: number): number {
    let highest = 0;
    for (let entry = first; entry <= last;) {
      if (entry % BLOCK === 0 && entry + BLOCK <= last + 1) {
        highest = Math.max(highest, this.#highest[entry / BLOCK] as number);
        entry += BLOCK;
      } else highest = Math.max(highest, this.#levels[entry++] as number);
    }
    return highest;
  }
}

function stretch(from: number, to: number, level: number): Stretch {
  return { from, to, standing: Math.floor(level / SHARES), share: ((level % SHARES) + 1) / SHARES };
}

function shareOf({ asked, alive, suspect, dead, left, standing }: BeliefHistory, entry: number): number {
  const of = [asked, alive, left, suspect, dead, dead][standing[entry] as number]!;
  const all = Math.max(1, asked[entry] as number);
  return Math.max(0, Math.ceil((Math.min(all, of[entry] as number) / all) * SHARES) - 1);
}
