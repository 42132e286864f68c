/** So much may happen in a cluster between two exchanges of state. */
const AHEAD_MAX = 1_048_576;
/** Half of what a message can tell: whoever is made to learn this much has times of its own left. */
const LEARNED_MAX = 2_251_799_813_685_248;

/** Counts what happened in a cluster, so that of two things that knew of each other the later has the higher time. */
export class LamportClock {
  /** The time of the next thing to happen here. 0 stands for never. */
  #time = 1;

  get time(): number {
    return this.#time;
  }

  /** The time of something that happens now; what follows is later. */
  tick(): number {
    return this.#time++;
  }

  /** Whether something of this time can have happened. No lie brings a clock far enough to matter. */
  isNear(time: number): boolean {
    return time <= this.#time + AHEAD_MAX;
  }

  /** A peer's clock shows `time`: whoever is new in a cluster does not know how far it has counted. */
  learn(time: number): void {
    // It is the time of what has not happened yet.
    this.witness(Math.min(time, LEARNED_MAX) - 1);
    if (this.isNear(time)) this.witness(time - 1);
  }

  /** Something happened elsewhere at `time`. */
  witness(time: number): void {
    if (time >= this.#time) this.#time = time + 1;
  }
}
