import { InvalidSetting } from '../core/errors.ts';
import type { Clock, Micros, Timer } from '../core/ports/clock.ts';

/** `setTimeout` fires at once when it is asked to wait longer than this. */
const LONGEST_WAIT_MS = 2_147_483_647;

/** The clock of this machine. Microseconds become milliseconds here and nowhere else, rounded up: never too early. */
export function systemClock(): Clock {
  return new SystemClock();
}

interface Pending {
  readonly timer: Timer;
  readonly due: Micros;
  readonly task: () => void;
}

/**
 * Timers wait in one list, ordered by due time and then by setting, behind a single `setTimeout`: the platform's own
 * order depends on how it rounds.
 */
class SystemClock implements Clock {
  readonly #pending: Pending[] = [];
  #wakeUp: ReturnType<typeof setTimeout> | undefined;
  #set = 0;

  now(): Micros {
    return Math.floor(performance.now() * 1000);
  }

  wallTime(): number {
    return Date.now();
  }

  after(delay: Micros, task: () => void): Timer {
    if (!(delay < Number.MAX_SAFE_INTEGER)) throw new InvalidSetting('delay', delay, 'microseconds below 2^53');
    const entry = { timer: ++this.#set, due: this.now() + Math.max(0, Math.ceil(delay)), task };
    const index = this.#positionAfter(entry.due);
    this.#pending.splice(index, 0, entry);
    if (index === 0) this.#arm();
    return entry.timer;
  }

  cancel(timer: Timer): void {
    const index = this.#pending.findIndex((entry) => entry.timer === timer);
    if (index < 0) return;
    this.#pending.splice(index, 1);
    if (index === 0) this.#arm();
  }

  /** Behind everything that is due at the same time or before. */
  #positionAfter(due: Micros): number {
    let low = 0;
    let high = this.#pending.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#pending[middle] as Pending).due <= due) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #arm(): void {
    clearTimeout(this.#wakeUp);
    const first = this.#pending[0];
    if (first === undefined) return;
    const wait = Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil((first.due - this.now()) / 1000)));
    this.#wakeUp = setTimeout(() => this.#run(), wait);
  }

  #run(): void {
    const now = this.now();
    // Set before this round only: a task that sets itself again with no delay must not keep the event loop busy.
    const latest = this.#set;
    try {
      for (let first = this.#pending[0]; first !== undefined && first.due <= now; first = this.#pending[0]) {
        if (first.timer > latest) break;
        this.#pending.shift();
        first.task();
      }
    } finally {
      this.#arm();
    }
  }
}
