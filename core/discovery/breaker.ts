import { MILLISECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';

/** `closed`: tried whenever there is a reason. `open`: failed too often, and rests. `half-open`: has rested, one trial decides. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerPolicy {
  /** The rest after the first failure; each further one doubles it. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** So many failures in a row open it. */
  readonly opensAfter: number;
}

/** Nobody makes us wait longer, whatever he says. */
const RETRY_AFTER_MAX_MS = 300_000;

/**
 * When something that fails is worth another trial: after a rest that doubles, with jitter, so that those who failed
 * together do not come back together. Whoever asks makes one trial at a time.
 */
export class Breaker {
  readonly #policy: BreakerPolicy;
  readonly #clock: Clock;
  readonly #random: Random;
  #failures = 0;
  #restsUntil: Micros;

  constructor(policy: BreakerPolicy, clock: Clock, random: Random) {
    this.#policy = policy;
    this.#clock = clock;
    this.#random = random;
    this.#restsUntil = clock.now();
  }

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  get state(): BreakerState {
    if (this.#failures < this.#policy.opensAfter) return 'closed';
    return this.restMs > 0 ? 'open' : 'half-open';
  }

  /** What is left of the rest; 0 when a trial is welcome. */
  get restMs(): number {
    return Math.max(0, Math.ceil((this.#restsUntil - this.#clock.now()) / MILLISECOND));
  }

  succeeded(): void {
    this.#failures = 0;
    this.#restsUntil = this.#clock.now();
  }

  /** `retryAfterMs`: the other side has asked for a longer rest. */
  failed(retryAfterMs = 0): void {
    const { firstMs, lastMs } = this.#policy;
    this.#failures += 1;
    const doublings = Math.min(this.#failures - 1, 20);
    const longest = Math.min(lastMs, firstMs * 2 ** doublings);
    // Between three quarters and the whole of it.
    const own = longest - this.#random.int(Math.ceil(longest / 4));
    const asked = Math.min(retryAfterMs, RETRY_AFTER_MAX_MS);
    // Those who were told the same moment come back spread over a tenth more.
    const rest = asked > own ? asked + this.#random.int(Math.ceil(asked / 10) + 1) : own;
    this.#restsUntil = this.#clock.now() + rest * MILLISECOND;
  }
}
