import { MILLISECOND, SECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { Breaker } from './breaker.ts';
import { SourceFailed, type Found, type Source } from './source.ts';

export interface SittingHooks {
  readonly onBegin: () => void;
  /** `isFirst`: of this sitting. */
  readonly onFound: (found: Found, durationMs: number, isFirst: boolean) => void;
  /** Without a failure when the backend ended it in order. `hadTold`: it was of use until now. */
  readonly onEnd: (failure: unknown, durationMs: number, hadTold: boolean) => void;
}

/** A sitting that ends sooner, for whatever reason, has failed: the next one waits for longer. */
const LEAST: Micros = 30 * SECOND;
const REST = { firstMs: 1_000, lastMs: 30_000, opensAfter: 5 };

/** Follows a source, sitting after sitting, with rests that grow while sittings are short. */
export class Sittings {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #hooks: SittingHooks;
  /** Apart from that of questions: a source may answer those and break off every sitting. */
  readonly #breaker: Breaker;
  #all: AbortController | undefined;
  #telling = false;

  constructor(source: Source, { clock, random }: { clock: Clock; random: Random }, hooks: SittingHooks) {
    this.#source = source;
    this.#clock = clock;
    this.#hooks = hooks;
    this.#breaker = new Breaker(REST, clock, random);
  }

  /** A sitting is under way, and has told everything at least once. */
  get telling(): boolean {
    return this.#telling;
  }

  begin(): void {
    if (this.#source.watch === undefined || this.#all !== undefined) return;
    this.#all = new AbortController();
    void this.#sit(this.#all.signal);
  }

  end(): void {
    this.#all?.abort();
    this.#all = undefined;
    this.#telling = false;
  }

  async #sit(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = this.#clock.now();
      const durationMs = (): number => Math.round((this.#clock.now() - began) / MILLISECOND);
      let failure: unknown;
      this.#hooks.onBegin();
      try {
        await this.#sitOnce(signal, durationMs);
      } catch (error) {
        failure = error;
      }
      if (signal.aborted) return;
      const hadTold = this.#telling;
      this.#telling = false;
      if (this.#clock.now() - began >= LEAST) this.#breaker.succeeded();
      else this.#breaker.failed(failure instanceof SourceFailed ? failure.retryAfterMs : undefined);
      this.#hooks.onEnd(failure, durationMs(), hadTold);
      await this.#rest(Math.max(REST.firstMs, this.#breaker.restMs), signal);
    }
  }

  /** Each sitting has a signal of its own, so that what sources hang on it goes with the sitting. */
  async #sitOnce(all: AbortSignal, durationMs: () => number): Promise<void> {
    const sitting = new AbortController();
    const end = (): void => sitting.abort();
    all.addEventListener('abort', end, { once: true });
    let over = false;
    const found = (answer: Found): void => {
      if (over || all.aborted) return;
      const isFirst = !this.#telling;
      this.#telling = true;
      this.#hooks.onFound(answer, durationMs(), isFirst);
    };
    try {
      await this.#source.watch!({ found }, sitting.signal);
    } finally {
      over = true;
      all.removeEventListener('abort', end);
    }
  }

  #rest(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#clock.cancel(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = this.#clock.after(ms * MILLISECOND, wake);
      if (signal.aborted) wake();
      else signal.addEventListener('abort', wake, { once: true });
    });
  }
}
