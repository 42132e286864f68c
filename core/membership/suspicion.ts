import { MILLISECOND, type Clock, type Timer } from '../ports/clock.ts';
import { suspicionTotalMs } from './formulas.ts';

export interface SuspicionBounds {
  readonly minMs: number;
  readonly maxMs: number;
  /** Confirmations that bring it to the minimum; 0 fixes it there. */
  readonly k: number;
}

/** One running suspicion (Lifeguard, section IV-B): it expires sooner the more independent members confirm it. */
export class Suspicion {
  readonly #clock: Clock;
  readonly #bounds: SuspicionBounds;
  readonly #expire: () => void;
  readonly #started: number;
  /** The first is the original accuser, who cannot confirm itself. */
  readonly #accusers: string[];
  #timer: Timer;

  constructor(clock: Clock, bounds: SuspicionBounds, accuser: string, expire: () => void) {
    this.#clock = clock;
    this.#bounds = bounds;
    this.#expire = expire;
    this.#started = clock.now();
    this.#accusers = [accuser];
    this.#timer = clock.after((bounds.k < 1 ? bounds.minMs : bounds.maxMs) * MILLISECOND, expire);
  }

  /** True when this accuser is new and still counts: then the accusation is worth passing on. */
  confirm(accuser: string): boolean {
    const confirmed = this.#accusers.length - 1;
    if (confirmed >= this.#bounds.k || this.#accusers.includes(accuser)) return false;
    this.#accusers.push(accuser);
    const total = suspicionTotalMs(this.#bounds.minMs, this.#bounds.maxMs, this.#bounds.k, confirmed + 1);
    const left = this.#started + total * MILLISECOND - this.#clock.now();
    this.#clock.cancel(this.#timer);
    this.#timer = this.#clock.after(Math.max(0, left), this.#expire);
    return true;
  }

  /** It waited for more confirmations than it got. */
  get unconfirmed(): boolean {
    return this.#accusers.length - 1 < this.#bounds.k;
  }

  cancel(): void {
    this.#clock.cancel(this.#timer);
  }
}
