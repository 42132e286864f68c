import type { Membership } from '../membership/membership.ts';
import type { Clock } from '../ports/clock.ts';
import { eventLines } from './event-lines.ts';
import { AdminRefusal } from './refusal.ts';

/** Far below what the server has connections: who listens must leave some for those who only ask. */
const OPEN_MAX = 32;

/** All streams of events of one admin interface. */
export class EventStreams {
  #open = 0;

  /** Throws when as many are open as may be. A stream counts from its first line on: what nobody reads is none. */
  open(membership: Membership, clock: Clock, signal: AbortSignal): AsyncIterable<Uint8Array> {
    if (this.#open >= OPEN_MAX) {
      const words = `${OPEN_MAX} streams of events are open, as many as may be. End one of them, or ask for /cluster/nodes now and then.`;
      throw new AdminRefusal(503, 'TOO_MANY_LISTENERS', words);
    }
    return this.#counted(eventLines(membership, clock, signal));
  }

  async *#counted(lines: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    this.#open += 1;
    try {
      yield* lines;
    } finally {
      this.#open -= 1;
    }
  }
}
