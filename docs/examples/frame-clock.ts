import type { Clock, Micros, Timer } from 'rollcall/core';

interface Waiting {
  readonly timer: Timer;
  readonly due: Micros;
  readonly task: () => void;
}

/** A clock that moves when a game loop says so: all timers of a frame run at its end, in the order of their due times. */
export class FrameClock implements Clock {
  readonly #startedAtMs: number;
  #now: Micros = 0;
  #lastTimer: Timer = 0;
  #waiting: Waiting[] = [];

  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  now(): Micros {
    return this.#now;
  }

  wallTime(): number {
    return this.#startedAtMs + Math.floor(this.#now / 1_000);
  }

  after(delay: Micros, task: () => void): Timer {
    this.#lastTimer += 1;
    this.#waiting.push({ timer: this.#lastTimer, due: this.#now + Math.max(0, Math.ceil(delay)), task });
    // The sort is stable: timers due together keep the order in which they were set.
    this.#waiting.sort((a, b) => a.due - b.due);
    return this.#lastTimer;
  }

  cancel(timer: Timer): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.timer !== timer);
  }

  /** Ends a frame that took this long. What a task sets for now still runs in this frame. */
  endFrame(elapsed: Micros): void {
    this.#now += elapsed;
    while (this.#waiting[0] !== undefined && this.#waiting[0].due <= this.#now) this.#waiting.shift()?.task();
  }
}
