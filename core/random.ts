import alea from 'seedrandom/lib/alea.js';
import { InvalidSetting } from './errors.ts';
import type { Random, Ratio } from './ports/random.ts';

const TWO_TO_32 = 4_294_967_296;

/** A `Random` whose every draw follows from `seed`. */
export function seededRandom(seed: string): Random {
  return new SeededRandom(seed);
}

class SeededRandom implements Random {
  readonly #seed: string;
  readonly #next: () => number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#next = alea(seed);
  }

  int(below: number): number {
    if (!(below >= 1 && below <= TWO_TO_32)) throw new InvalidSetting('below', below, 'from 1 to 2^32');
    return Math.floor(this.#next() * below);
  }

  chance(ratio: Ratio): boolean {
    return this.#next() * ratio[1] < ratio[0];
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new InvalidSetting('items', items, 'a list with at least one item to pick');
    return items[Math.floor(this.#next() * items.length)] as T;
  }

  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = Math.floor(this.#next() * (last + 1));
      const held = items[last] as T;
      items[last] = items[other] as T;
      items[other] = held;
    }
    return items;
  }

  // The length in front keeps ('ab', 'c') and ('a', 'bc') apart.
  fork(label: string): Random {
    return new SeededRandom(`${this.#seed.length}:${this.#seed}/${label}`);
  }
}
