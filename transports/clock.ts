import { InvalidSetting } from '../core/errors.ts';
import type { Clock, Micros, Timer } from '../core/ports/clock.ts';
import { TimerHeap } from './timer-heap.ts';

/** `setTimeout` fires at once when it is asked to wait longer than this. */
const LONGEST_WAIT_MS = 2_147_483_647;

/**
 * The clock of this machine. Microseconds become milliseconds here and nowhere else, rounded up: never too early.
 *
 * Setting the machine's time moves `wallTime` alone. While the machine is suspended, Linux stops monotonic time and the
 * timers with it: afterwards they go on as if nothing had been, and it is the peers that have noticed.
 */
export function systemClock(): Clock {
  return new SystemClock();
}

/** All timers wait behind a single `setTimeout`: the platform's own order depends on how it rounds. */
class SystemClock implements Clock {
  readonly #timers = new TimerHeap();
  #wakeUp: ReturnType<typeof setTimeout> | undefined;
  /** For when `#wakeUp` is set. */
  #wakeAt: Micros = 0;
  #isRunning = false;
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
    this.#timers.add(entry);
    if (this.#wakeUp === undefined || entry.due < this.#wakeAt) this.#arm();
    return entry.timer;
  }

  /** Waking up for a timer that was cancelled does no harm, but with none left nothing must keep the process alive. */
  cancel(timer: Timer): void {
    this.#timers.cancel(timer);
    if (this.#timers.size === 0) this.#disarm();
  }

  #arm(): void {
    if (this.#isRunning) return;
    this.#disarm();
    const first = this.#timers.first();
    if (first === undefined) return;
    this.#wakeAt = first.due;
    const wait = Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil((first.due - this.now()) / 1000)));
    this.#wakeUp = setTimeout(() => this.#run(), wait);
  }

  #disarm(): void {
    clearTimeout(this.#wakeUp);
    this.#wakeUp = undefined;
  }

  #run(): void {
    const now = this.now();
    // Set before this round only: a task that sets itself again with no delay must not keep the event loop busy.
    const latest = this.#set;
    this.#isRunning = true;
    try {
      for (let first = this.#timers.first(); first !== undefined && first.due <= now; first = this.#timers.first()) {
        if (first.timer > latest) break;
        this.#timers.removeFirst();
        first.task();
      }
    } finally {
      this.#isRunning = false;
      this.#arm();
    }
  }
}
