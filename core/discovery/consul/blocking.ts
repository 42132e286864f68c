import { MILLISECOND, type Clock, type Micros } from '../../ports/clock.ts';
import type { Found, Watcher } from '../source.ts';
import type { Pace } from './pace.ts';

const UINT64_MAX = 0xffff_ffff_ffff_ffffn;

/**
 * The index to ask with next, from the one asked with and the one that was answered. Indexes are unsigned 64-bit
 * numbers. One that went back (a restored snapshot) starts over at 0, else the server would be silent until it has
 * caught up; 0 itself is a fault of the server and would never block, so 1 takes its place. Without an index, or with
 * one that is none, nothing can be followed: 0 asks anew each time.
 */
export function nextIndex(before: bigint, answered: string | undefined): bigint {
  if (answered === undefined || !/^\d{1,20}$/.test(answered)) return 0n;
  const index = BigInt(answered);
  if (index === 0n) return 1n;
  return index < before || index > UINT64_MAX ? 0n : index;
}

export interface Blocked {
  /** The index as the server sent it. */
  readonly index: string | undefined;
  readonly found: Found;
}

export interface FollowOptions {
  readonly clock: Clock;
  readonly pace: Pace;
  /** What did not change is told again after this long: it was confirmed. */
  readonly confirmMs: number;
}

/** Asks again and again, each time when something may have changed, until the signal aborts. What fails, is thrown. */
export async function follow(
  ask: (index: bigint) => Promise<Blocked>,
  watcher: Watcher,
  signal: AbortSignal,
  { clock, pace, confirmMs }: FollowOptions,
): Promise<void> {
  let index = 0n;
  let told: string | undefined;
  let toldAt: Micros = 0;
  for (;;) {
    await pace.turn(signal);
    if (signal.aborted) return;
    const answer = await ask(index);
    index = nextIndex(index, answer.index);
    // An answer is no proof of a change: waits run out, and indexes are shared with others.
    const content = JSON.stringify(answer.found);
    if (content === told && clock.now() - toldAt < confirmMs * MILLISECOND) continue;
    told = content;
    toldAt = clock.now();
    watcher.found(answer.found);
  }
}
