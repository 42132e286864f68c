/** How many ids of one origin may be outstanding before the oldest gap is given up. */
const WINDOW = 1_024;
/** No origin sends so many between two that we hear: a forged number must not hide all honest ones below it. */
const LEAP_MAX = 1_048_576;
/** Origins remembered; the one that was silent longest goes first. */
const ORIGINS_MAX = 8_192;

interface Seen {
  /** Every counter up to here was seen or given up. */
  floor: number;
  readonly above: Set<number>;
}

/** Which broadcasts were delivered already: per origin and life all up to a floor, and a few above it. Bounded. */
export class SeenBroadcasts {
  readonly #byOrigin = new Map<string, Seen>();

  /** True the first time; from then on it counts as seen. */
  isNew(origin: string, epoch: number, counter: number): boolean {
    const key = `${origin}/${epoch}`;
    // Of an origin that we first hear late, a window's worth of its past may still be new to us.
    const seen = this.#byOrigin.get(key) ?? { floor: Math.max(0, counter - WINDOW), above: new Set() };
    if (counter > seen.floor + LEAP_MAX) return false;
    if (counter <= seen.floor || seen.above.has(counter)) return false;
    // Written back last, so that the map's order is the order of last use.
    this.#byOrigin.delete(key);
    this.#byOrigin.set(key, seen);
    if (this.#byOrigin.size > ORIGINS_MAX) this.#byOrigin.delete(this.#byOrigin.keys().next().value!);
    seen.above.add(counter);
    if (seen.above.size > WINDOW) seen.floor = Math.min(...seen.above) - 1;
    while (seen.above.delete(seen.floor + 1)) seen.floor += 1;
    return true;
  }
}
