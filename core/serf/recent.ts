/** As many times back as Serf remembers. */
const TIMES = 512;
/** Things of one time: nobody honest makes many, and a flood must not grow. */
const PER_TIME = 64;

interface Slot<T> {
  readonly time: number;
  readonly items: T[];
}

/** What happened lately, each thing once: a ring of logical times. */
export class Recent<T> {
  readonly #slots: (Slot<T> | undefined)[] = [];
  readonly #same: (a: T, b: T) => boolean;

  constructor(same: (a: T, b: T) => boolean) {
    this.#same = same;
  }

  /** True the first time; false for what was seen, or is too old to know. `now` is the clock that counts such things. */
  isNew(item: T, time: number, now: number): boolean {
    if (time + TIMES < now) return false;
    const at = time % TIMES;
    const slot = this.#slots[at];
    if (slot === undefined || slot.time < time) {
      this.#slots[at] = { time, items: [item] };
      return true;
    }
    if (slot.time > time || slot.items.length >= PER_TIME) return false;
    if (slot.items.some((one) => this.#same(one, item))) return false;
    slot.items.push(item);
    return true;
  }
}
