import { InvalidSetting } from '../core/errors.ts';
import type { Clock, Micros, Timer } from '../core/ports/clock.ts';
import { EventKind } from './event-pool.ts';
import type { Kernel } from './kernel.ts';
import type { SimHost } from './sim-host.ts';
import { TraceCode } from './trace-code.ts';

/** The clock of one boot of one host. */
export class HostClock implements Clock {
  readonly #kernel: Kernel;
  readonly #host: SimHost;
  readonly #boot: number;

  constructor(kernel: Kernel, host: SimHost) {
    this.#kernel = kernel;
    this.#host = host;
    this.#boot = host.boot;
  }

  now(): Micros {
    return this.#host.time.local(this.#kernel.now);
  }

  wallTime(): number {
    return this.#host.time.wallMs(this.#kernel.now);
  }

  after(delay: Micros, task: () => void): Timer {
    const host = this.#host;
    // What an earlier boot left behind may not act any more.
    if (!host.up || host.boot !== this.#boot) return 0;
    if (!(delay < Number.MAX_SAFE_INTEGER)) throw new InvalidSetting('delay', delay, 'microseconds below 2^53');
    const { events, now } = this.#kernel;
    const due = host.time.local(now) + (delay > 0 ? Math.ceil(delay) : 0);
    const id = events.schedule(EventKind.timer, host.index, host.time.world(due), task, undefined);
    events.due[id] = due;
    events.order[id] = ++host.timersSet;
    host.timers++;
    return events.handle(id);
  }

  cancel(timer: Timer): void {
    const { events } = this.#kernel;
    const id = events.find(timer);
    if (id < 0 || events.kind[id] !== EventKind.timer || events.host[id] !== this.#host.index) return;
    // An overdue timer of a frozen host stays in the host's queue, as a blank.
    if (events.payload[id] === undefined) return;
    this.#host.timers--;
    if (events.wheel.cancel(id)) events.release(id);
    else events.payload[id] = undefined;
  }
}

/** Runs a timer whose time has come. */
export function fireTimer(kernel: Kernel, host: SimHost, id: number): void {
  const { events } = kernel;
  const task = events.payload[id] as (() => void) | undefined;
  events.release(id);
  if (task === undefined) return;
  host.timers--;
  kernel.counters.timers++;
  kernel.trace.event(TraceCode.timer, host.index, -1, 0, '', 0);
  task();
}

/** Puts the pending timers of a host whose clock was adjusted where its new time has them. */
export function rescheduleTimers(kernel: Kernel, host: SimHost): void {
  const { events } = kernel;
  const pending = events
    .ofHost(host.index)
    .filter((id) => events.kind[id] === EventKind.timer && events.wheel.isScheduled(id));
  const orderOf = (id: number): number => events.order[id] as number;
  pending.sort((a, b) => (events.due[a] as number) - (events.due[b] as number) || orderOf(a) - orderOf(b));
  for (const id of pending) {
    events.wheel.cancel(id);
    events.wheel.schedule(id, Math.max(kernel.now, host.time.world(events.due[id] as number)));
  }
}
