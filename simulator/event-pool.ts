import type { Micros } from '../core/ports/clock.ts';
import type { Trace } from './trace.ts';
import { TimerWheel } from './wheel.ts';

/** What an event record asks the world to do. */
export const EventKind = {
  timer: 0,
  deliver: 1,
  drain: 2,
  boot: 3,
  faultBegin: 4,
  faultEnd: 5,
  tick: 6,
  command: 7,
  dial: 8,
  syn: 9,
  opened: 10,
  accepted: 11,
  segment: 12,
  pump: 13,
  deadline: 14,
  hangUp: 15,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** Timers carry their generation in what they hand out, above the bits of the record's number. */
const HANDLE_RANGE = 16_777_216;

/**
 * The pending events of a world: records in columns, reused through a free list, ordered by the wheel. A record stays
 * taken from `acquire` to `release`; between the two it is in the wheel or held in a queue of a host.
 */
export class EventPool {
  readonly wheel = new TimerWheel(1024);
  kind = new Uint8Array(1024);
  /** The host whose program the event reaches; -1 for the world's own. */
  host = new Int32Array(1024);
  size = new Int32Array(1024);
  digest = new Int32Array(1024);
  /** Timers: when they are due on the clock of their host. */
  due = new Float64Array(1024);
  /** Timers: the order in which they were set. */
  order = new Float64Array(1024);
  /** The event of the trace in which the record was made: why it happens at all. */
  cause = new Float64Array(1024);
  readonly payload: unknown[] = [];
  readonly target: unknown[] = [];
  readonly source: unknown[] = [];
  #generation = new Int32Array(1024);
  #free = new Int32Array(1024);
  #freeCount = 0;
  #used = 0;
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  acquire(kind: EventKind, host: number): number {
    let id: number;
    if (this.#freeCount > 0) id = this.#free[--this.#freeCount] as number;
    else {
      id = this.#used++;
      if (id === this.kind.length) this.#grow();
      this.payload.push(undefined);
      this.target.push(undefined);
      this.source.push(undefined);
    }
    this.kind[id] = kind;
    this.host[id] = host;
    this.cause[id] = this.#trace.cause;
    return id;
  }

  schedule(kind: EventKind, host: number, time: Micros, payload: unknown, target: unknown): number {
    const id = this.acquire(kind, host);
    this.payload[id] = payload;
    this.target[id] = target;
    this.wheel.schedule(id, time);
    return id;
  }

  release(id: number): void {
    this.payload[id] = this.target[id] = this.source[id] = undefined;
    this.kind[id] = 0;
    this.host[id] = -1;
    this.#generation[id] = ((this.#generation[id] as number) + 1) | 0;
    this.#free[this.#freeCount++] = id;
  }

  /** A number that names this use of the record and never a later one; never 0. */
  handle(id: number): number {
    return ((this.#generation[id] as number) >>> 0) * HANDLE_RANGE + id + 1;
  }

  /** The record that a handle names, or -1 when it has been released since. */
  find(handle: number): number {
    const id = (handle - 1) % HANDLE_RANGE;
    return id >= 0 && id < this.#used && this.handle(id) === handle ? id : -1;
  }

  /** The records in use that belong to a host. A scan: for crashes and clock changes, not for the hot path. */
  ofHost(host: number): number[] {
    const found: number[] = [];
    for (let id = 0; id < this.#used; id++) if (this.host[id] === host) found.push(id);
    return found;
  }

  #grow(): void {
    const capacity = this.kind.length * 2;
    this.kind = extended(this.kind, new Uint8Array(capacity));
    this.host = extended(this.host, new Int32Array(capacity));
    this.size = extended(this.size, new Int32Array(capacity));
    this.digest = extended(this.digest, new Int32Array(capacity));
    this.due = extended(this.due, new Float64Array(capacity));
    this.order = extended(this.order, new Float64Array(capacity));
    this.cause = extended(this.cause, new Float64Array(capacity));
    this.#generation = extended(this.#generation, new Int32Array(capacity));
    this.#free = extended(this.#free, new Int32Array(capacity));
    this.wheel.grow(capacity);
  }
}

function extended<A extends { set(from: A): void }>(from: A, to: A): A {
  to.set(from);
  return to;
}
