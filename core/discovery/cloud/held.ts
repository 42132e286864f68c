import { MILLISECOND, type Clock, type Micros } from '../../ports/clock.ts';
import { SourceFailed } from '../source.ts';
import type { Budget } from './budget.ts';

/** Something lent: credentials or a token. */
export interface Lent<T> {
  readonly value: T;
  /** Infinity for what does not expire. */
  readonly lifetimeMs: number;
}

/** The cloud does not accept what we have shown, or not any more. */
export class CredentialsRefused extends SourceFailed {}

/** A new one is fetched this long before the end, or when a fifth is left of what lives shortly. */
const MARGIN_MS = 300_000;
/** Whatever a wall clock that is wrong makes of the end: nobody is asked more often than this. */
const LEAST_MS = 30_000;

/** Keeps what was lent until shortly before it expires; a service that cannot lend now does no harm while it is good. */
export class Held<T> {
  readonly #clock: Clock;
  readonly #lend: (budget: Budget) => Promise<Lent<T>>;
  #held: { readonly value: T; readonly renewAt: Micros; readonly end: Micros } | undefined;

  constructor(clock: Clock, lend: (budget: Budget) => Promise<Lent<T>>) {
    this.#clock = clock;
    this.#lend = lend;
  }

  /** Does the work with it; where that is refused, once more with a fresh one. */
  async use<R>(budget: Budget, work: (value: T) => Promise<R>): Promise<R> {
    try {
      return await work(await this.#get(budget));
    } catch (error) {
      const hopeless = this.#held?.end === Number.POSITIVE_INFINITY;
      if (!(error instanceof CredentialsRefused) || hopeless) throw error;
      this.#held = undefined;
      return work(await this.#get(budget));
    }
  }

  async #get(budget: Budget): Promise<T> {
    const held = this.#held;
    if (held !== undefined && this.#clock.now() < held.renewAt) return held.value;
    try {
      const { value, lifetimeMs } = await this.#lend(budget);
      const goodMs = Math.max(LEAST_MS, lifetimeMs);
      const freshMs = Math.max(LEAST_MS, goodMs - Math.min(MARGIN_MS, goodMs / 5));
      const now = this.#clock.now();
      this.#held = { value, renewAt: now + freshMs * MILLISECOND, end: now + goodMs * MILLISECOND };
      return value;
    } catch (error) {
      if (held === undefined || !(error instanceof SourceFailed) || this.#clock.now() >= held.end) throw error;
      this.#held = { ...held, renewAt: this.#clock.now() + LEAST_MS * MILLISECOND };
      return held.value;
    }
  }
}
