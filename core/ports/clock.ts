/** A whole number of microseconds. Float64 keeps these exact for 285 years. */
export type Micros = number;

/** What `Clock.after` hands out and `Clock.cancel` takes back. 0 is never a timer. */
export type Timer = number;

/**
 * Time, as the core sees it.
 *
 * Contract: `now()` never goes back and its origin is arbitrary. Two timers due at the same microsecond run in
 * the order in which they were set. A delay of 0 (or less) runs later in the same microsecond, never inside
 * `after`. Cancelling a timer that ran, was cancelled, or never was is harmless.
 */
export interface Clock {
  /** Monotonic time of this host. */
  now(): Micros;
  /** Milliseconds since 1970 as this host believes them: for people and for incarnations; it may jump. */
  wallTime(): number;
  /** Runs `task` once, `delay` microseconds from now. */
  after(delay: Micros, task: () => void): Timer;
  cancel(timer: Timer): void;
}

export const MILLISECOND: Micros = 1_000;
export const SECOND: Micros = 1_000_000;
