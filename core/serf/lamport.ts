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

  /** Something happened elsewhere at `time`. */
  witness(time: number): void {
    if (time >= this.#time) this.#time = time + 1;
  }
}
