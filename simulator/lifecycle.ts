import { AsynchronousProgram } from './errors.ts';
import type { Checkers } from './checkers.ts';
import { rescheduleTimers } from './host-clock.ts';
import { HostSession, type Surroundings } from './host-session.ts';
import type { Inputs } from './inputs.ts';
import type { Running } from './program.ts';
import type { SimHost } from './sim-host.ts';
import { TraceCode } from './trace-code.ts';

/** Boots, crashes, pauses and clocks of hosts: what faults do to them, and the checkers hear of. */
export class Lifecycle {
  /** Set while a world is run asynchronously: only then may programs return promises. */
  allowsAsynchronous = false;
  /** What an asynchronous program ended with, for the world to throw. */
  failure: { readonly host: SimHost; readonly cause: unknown } | undefined;
  readonly #world: Surroundings;
  readonly #inputs: Inputs;
  readonly #checkers: () => Checkers;
  readonly #sessions = new Map<SimHost, HostSession>();

  constructor(world: Surroundings, inputs: Inputs, checkers: () => Checkers) {
    this.#world = world;
    this.#inputs = inputs;
    this.#checkers = checkers;
  }

  boot(host: SimHost): void {
    if (host.up) return;
    const { kernel } = this.#world;
    host.up = true;
    host.boot++;
    host.since = kernel.now;
    const session = new HostSession(host, this.#world);
    this.#sessions.set(host, session);
    kernel.trace.event(TraceCode.boot, host.index, -1, 0, '', host.boot);
    this.#checkers().host(host, 'boot');
    kernel.running = host.index;
    const started = host.spec.program(session);
    if (isPromise(started)) this.#await(host, started);
    else host.running = started ?? undefined;
  }

  crash(host: SimHost): void {
    if (!host.up) return;
    const { kernel, streams } = this.#world;
    host.up = false;
    host.since = kernel.now;
    host.running = undefined;
    host.ioBlocks = host.freezes = 0;
    this.#sessions.get(host)?.unbind();
    this.#sessions.delete(host);
    streams.vanish(host);
    this.#inputs.discard(host);
    kernel.trace.event(TraceCode.crash, host.index, -1, 0, '', 0);
    this.#checkers().host(host, 'crash');
  }

  restart(host: SimHost, keepStore: boolean, newAddress: boolean): void {
    this.crash(host);
    if (!keepStore) host.stored = new Map();
    if (newAddress) {
      host.moveToNewAddress();
      this.#world.directory.register(host);
    }
    this.boot(host);
  }

  pause(host: SimHost, mode: 'ioBlock' | 'freeze'): void {
    const wasPaused = host.paused;
    if (mode === 'ioBlock') host.ioBlocks++;
    else host.freezes++;
    host.updateGate();
    if (wasPaused) return;
    this.#world.kernel.trace.event(TraceCode.pause, host.index, -1, 0, mode, 0);
    this.#checkers().host(host, 'pause');
  }

  /** Ends one pause. Thawing lets overdue timers run even while I/O stays blocked. */
  resume(host: SimHost, mode: 'ioBlock' | 'freeze'): void {
    if (mode === 'ioBlock') host.ioBlocks--;
    else host.freezes--;
    if (!host.paused) {
      this.#world.kernel.trace.event(TraceCode.resume, host.index, -1, 0, '', 0);
      this.#checkers().host(host, 'resume');
    }
    this.#inputs.release(host);
  }

  adjustClock(host: SimHost, jumpMs: number, driftPpm: number): void {
    const { kernel } = this.#world;
    host.time.adjust(kernel.now, jumpMs, driftPpm);
    rescheduleTimers(kernel, host);
  }

  #await(host: SimHost, started: Promise<Running | void>): void {
    if (!this.allowsAsynchronous) throw new AsynchronousProgram(host.name);
    host.asynchronous = true;
    const { boot } = host;
    started.then(
      (running) => {
        if (host.up && host.boot === boot) host.running = running ?? undefined;
      },
      (cause: unknown) => {
        if (host.up && host.boot === boot) this.failure ??= { host, cause };
      },
    );
  }
}

function isPromise(started: Running | void | Promise<Running | void>): started is Promise<Running | void> {
  return typeof (started as { then?: unknown } | undefined)?.then === 'function';
}
