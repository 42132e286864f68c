import { occupyCpu } from './cpu.ts';
import type { Datagrams } from './datagrams.ts';
import type { Dialing } from './dialing.ts';
import { EventKind } from './event-pool.ts';
import { fireTimer } from './host-clock.ts';
import type { Kernel } from './kernel.ts';
import type { SimHost } from './sim-host.ts';
import type { Streams } from './streams.ts';
import type { Strikes } from './strikes.ts';

/** What the kernel of a slow host holds for its program; datagrams beyond it are lost. */
const INBOX_LIMIT = 256;

/**
 * Brings events to programs: at once, or through the queues of a host that is paused or slow. At the end of a freeze
 * the overdue timers run before anything that arrived meanwhile.
 */
export class Inputs {
  readonly #kernel: Kernel;
  readonly #datagrams: Datagrams;
  readonly #streams: Streams;
  readonly #dialing: Dialing;
  readonly #strikes: Strikes;
  readonly #command: (host: SimHost, id: number) => void;

  constructor(
    kernel: Kernel,
    datagrams: Datagrams,
    streams: Streams,
    dialing: Dialing,
    strikes: Strikes,
    command: (host: SimHost, id: number) => void,
  ) {
    this.#kernel = kernel;
    this.#datagrams = datagrams;
    this.#streams = streams;
    this.#dialing = dialing;
    this.#strikes = strikes;
    this.#command = command;
  }

  /** Timers and the like: they stop only while the whole host is frozen. */
  internal(host: SimHost, id: number): void {
    if (host.frozen || host.overdue.length > 0) {
      host.overdue.push(id);
      this.#drainSoon(host);
    } else this.perform(host, id);
  }

  /** What comes from outside. */
  external(host: SimHost, id: number): void {
    if (!host.gated || !host.up) return this.perform(host, id);
    if (!host.paused && host.inbox.length >= INBOX_LIMIT && this.#kernel.events.kind[id] === EventKind.deliver) {
      for (const fault of host.slowFaults) this.#strikes.strike(fault, 'overflow');
      return this.#datagrams.overflow(id);
    }
    host.inbox.push(id);
    this.#drainSoon(host);
  }

  /** One step of working the queues off. */
  drain(id: number): void {
    const host = this.#kernel.events.target[id] as SimHost;
    this.#kernel.events.release(id);
    host.draining = false;
    if (host.up && !host.frozen) {
      const next = host.overdue.shift() ?? (host.paused ? undefined : host.inbox.shift());
      if (next !== undefined) this.perform(host, next);
      this.#drainSoon(host);
    }
    host.updateGate();
  }

  /** A pause or slowness is over: parked sends leave first, then the queues are worked off. */
  release(host: SimHost): void {
    host.updateGate();
    if (!host.paused) {
      const parked = host.outbox;
      host.outbox = [];
      for (const send of parked) send();
      this.#streams.pumpAll(host);
    }
    this.#drainSoon(host);
  }

  /** A crash: whatever waited is gone. */
  discard(host: SimHost): void {
    const { events } = this.#kernel;
    for (const id of [...host.overdue, ...host.inbox]) events.release(id);
    host.overdue = [];
    host.inbox = [];
    host.outbox = [];
    for (const id of events.ofHost(host.index)) {
      const kind = events.kind[id];
      if ((kind === EventKind.timer || kind === EventKind.drain) && events.wheel.cancel(id)) events.release(id);
    }
    host.timers = 0;
    host.draining = false;
    host.updateGate();
  }

  perform(host: SimHost, id: number): void {
    const { events, trace } = this.#kernel;
    this.#kernel.running = host.index;
    // What waited in a queue follows from what put it there, not from what lets it go.
    trace.begin(events.cause[id] as number);
    switch (events.kind[id]) {
      case EventKind.timer:
        return fireTimer(this.#kernel, host, id);
      case EventKind.deliver:
        return this.#datagrams.deliver(id);
      case EventKind.segment:
        return this.#streams.receive(id);
      case EventKind.accepted:
        return this.#dialing.accept(id);
      case EventKind.opened:
        return this.#dialing.open(id);
      case EventKind.deadline:
        return this.#streams.expire(id);
      case EventKind.hangUp:
        return this.#streams.tellHangUp(id);
      case EventKind.command:
        return this.#command(host, id);
    }
  }

  #drainSoon(host: SimHost): void {
    const waiting = host.overdue.length > 0 || (host.inbox.length > 0 && !host.paused);
    if (host.draining || host.frozen || !waiting) return;
    const { events, now } = this.#kernel;
    const costs = host.overdue.length === 0 && host.perMessage > 0;
    const wait = costs ? occupyCpu(host, now, this.#strikes) : 0;
    host.draining = true;
    host.updateGate();
    events.schedule(EventKind.drain, host.index, now + wait, undefined, host);
  }
}
