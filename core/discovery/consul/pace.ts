import type { Clock, Micros } from '../../ports/clock.ts';

/** How often something may be done: so many at once, and one each `everyMs` in the long run. */
export interface Rate {
  readonly burst: number;
  readonly everyMs: number;
}

/** A token bucket, kept as the time at which it would be full again. */
export class Pace {
  readonly #clock: Clock;
  readonly #every: Micros;
  readonly #burst: number;
  #fullAt: Micros;

  constructor(clock: Clock, { burst, everyMs }: Rate) {
    this.#clock = clock;
    this.#every = everyMs * 1_000;
    this.#burst = burst;
    this.#fullAt = clock.now();
  }

  /** Waits for its turn; ends sooner when the signal aborts. */
  turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const at = Math.max(now, this.#fullAt - (this.#burst - 1) * this.#every);
    this.#fullAt = Math.max(at, this.#fullAt) + this.#every;
    if (at === now || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        this.#clock.cancel(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = this.#clock.after(at - now, end);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
