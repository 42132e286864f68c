import type { Micros } from '../core/ports/clock.ts';
import { TimeStandsStill } from './errors.ts';
import { EventPool } from './event-pool.ts';
import type { Trace } from './trace.ts';

/** Nothing honest needs as many in one microsecond: even ten thousand hosts that boot at once stay far below. */
const EVENTS_AT_ONCE = 1_000_000;

/** What a world counts while it runs. */
export interface Counters {
  /** Events that the world executed. */
  events: number;
  timers: number;
  datagramsSent: number;
  datagramsDelivered: number;
  /** Lost to faults, to the MTU, to full queues and to addresses that nobody is bound to. */
  datagramsLost: number;
  /** Datagrams and stream messages whose bytes did not decode. */
  malformed: number;
  streamsOpened: number;
  /** Messages delivered on streams. */
  streamMessages: number;
  /** Handed to the network, datagrams and stream messages together. */
  bytes: number;
}

/** Time, pending events, trace and counters: what every part of a world shares. */
export class Kernel {
  now: Micros = 0;
  /** The host whose program runs right now, for errors to name; -1 between programs. */
  running = -1;
  readonly events: EventPool;
  readonly trace: Trace;
  /** A number from the seed of the world, for draws about packets. */
  readonly seed: number;
  readonly counters: Counters = {
    events: 0,
    timers: 0,
    datagramsSent: 0,
    datagramsDelivered: 0,
    datagramsLost: 0,
    malformed: 0,
    streamsOpened: 0,
    streamMessages: 0,
    bytes: 0,
  };

  #eventsAtOnce = 0;

  constructor(seed: number, trace: Trace) {
    this.seed = seed;
    this.trace = trace;
    this.events = new EventPool(trace);
  }

  /** Moves time to an event; without the check a chain of timers without delay would hold the world forever. */
  arrive(event: number): void {
    const { events, now } = this;
    const time = events.wheel.timeOf(event);
    if (time !== now) {
      this.advance(time);
      this.#eventsAtOnce = 0;
    } else if (++this.#eventsAtOnce > EVENTS_AT_ONCE) {
      throw new TimeStandsStill(this.trace.nameOf(events.host[event] as number), now, EVENTS_AT_ONCE);
    }
  }

  advance(time: Micros): void {
    if (time === this.now) return;
    this.now = time;
    this.trace.setTime(time);
  }
}
