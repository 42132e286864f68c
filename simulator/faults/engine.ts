import type { Micros } from '../../core/ports/clock.ts';
import { EventKind } from '../event-pool.ts';
import type { Inputs } from '../inputs.ts';
import type { Kernel } from '../kernel.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Links } from '../links.ts';
import type { SimHost } from '../sim-host.ts';
import type { Streams } from '../streams.ts';
import type { Strikes } from '../strikes.ts';
import { TraceCode } from '../trace-code.ts';
import type { Fault } from './fault.ts';
import { hostsOf } from './validate.ts';

/** What the engine moves when it executes a schedule. */
export interface Stage {
  readonly kernel: Kernel;
  readonly lifecycle: Lifecycle;
  readonly links: Links;
  readonly streams: Streams;
  readonly inputs: Inputs;
  readonly strikes: Strikes;
  readonly hosts: readonly SimHost[];
  readonly byName: ReadonlyMap<string, SimHost>;
}

/** Executes a materialised schedule, and knows what of it is in force and what is still to come. */
export class FaultEngine {
  readonly #stage: Stage;
  /** Beginnings and ends of harms that are still to come. */
  #ahead = 0;
  #healedAt: Micros = 0;
  readonly #inForce = new Set<Fault>();
  /** Which boot of which hosts a pause holds: a restart in between ends it early. */
  readonly #paused = new Map<Fault, readonly { readonly host: SimHost; readonly boot: number }[]>();

  constructor(stage: Stage, faults: readonly Fault[]) {
    this.#stage = stage;
    const { events } = stage.kernel;
    for (const fault of faults) {
      events.schedule(EventKind.faultBegin, -1, fault.at, fault, undefined);
      if (isHarm(fault)) this.#ahead++;
      if (!('for' in fault)) continue;
      events.schedule(EventKind.faultEnd, -1, fault.at + fault.for, fault, undefined);
      this.#ahead++;
    }
  }

  get healed(): boolean {
    return this.#ahead === 0;
  }

  get healedAt(): Micros {
    return this.#healedAt;
  }

  /** The time-limited faults that hold right now, in the order in which they began. */
  get inForce(): readonly Fault[] {
    return [...this.#inForce];
  }

  begin(id: number): void {
    const fault = this.#take(id, TraceCode.faultBegin);
    if ('for' in fault) this.#inForce.add(fault);
    this.#strike(fault);
    this.#touch(fault);
  }

  end(id: number): void {
    const fault = this.#take(id, TraceCode.faultEnd);
    this.#inForce.delete(fault);
    this.#lift(fault);
    this.#touch(fault);
  }

  #strike(fault: Fault): void {
    const { lifecycle, links, streams, strikes } = this.#stage;
    switch (fault.kind) {
      case 'crash':
        for (const host of this.#hosts(fault)) {
          if (!host.up) continue;
          strikes.strike(fault);
          lifecycle.crash(host);
        }
        return;
      case 'restart':
        for (const host of this.#hosts(fault)) {
          strikes.strike(fault);
          lifecycle.restart(host, fault.keepStore, fault.newAddress);
        }
        return;
      case 'pause': {
        const held = this.#hosts(fault).filter((host) => host.up);
        if (held.length > 0) strikes.strike(fault, fault.mode);
        this.#paused.set(
          fault,
          held.map((host) => ({ host, boot: host.boot })),
        );
        for (const host of held) lifecycle.pause(host, fault.mode);
        return;
      }
      case 'slow':
        for (const host of this.#hosts(fault)) {
          host.perMessage += fault.perMessage;
          host.slowFaults = [...host.slowFaults, fault];
          host.updateGate();
        }
        return;
      case 'clock':
        for (const host of this.#hosts(fault)) {
          strikes.strike(fault);
          lifecycle.adjustClock(host, fault.jumpMs, fault.driftPpm);
        }
        return;
      case 'command':
        for (const host of this.#hosts(fault)) {
          if (!host.up) continue;
          strikes.strike(fault, fault.command);
          this.#tell(host, fault);
        }
        return;
      case 'service':
        for (const host of this.#hosts(fault)) {
          host.suffered = [...host.suffered, fault];
          if (host.up) this.#tell(host, fault);
        }
        return;
      case 'stream':
        links.add(fault);
        if (fault.effect === 'reset') for (const host of this.#hosts(fault)) streams.resetAll(host, fault);
        return;
      case 'partition':
      case 'block':
      case 'link':
        links.add(fault);
        return;
    }
  }

  #lift(fault: Fault): void {
    const { lifecycle, links, streams, inputs } = this.#stage;
    switch (fault.kind) {
      case 'pause':
        for (const { host, boot } of this.#paused.get(fault) ?? []) {
          if (host.up && host.boot === boot) lifecycle.resume(host, fault.mode);
        }
        this.#paused.delete(fault);
        return;
      case 'slow':
        for (const host of this.#hosts(fault)) {
          host.perMessage -= fault.perMessage;
          host.slowFaults = host.slowFaults.filter((other) => other !== fault);
          inputs.release(host);
        }
        return;
      case 'service':
        for (const host of this.#hosts(fault)) host.suffered = host.suffered.filter((other) => other !== fault);
        return;
      case 'stream':
        links.remove(fault);
        // Either side of a stalled stream may be the one that waits.
        if (fault.effect === 'stall') for (const host of this.#stage.hosts) streams.pumpAll(host);
        return;
      default:
        links.remove(fault);
    }
  }

  /** The program of a host hears of it in an event of its own. */
  #tell(host: SimHost, fault: Fault): void {
    const { kernel, inputs } = this.#stage;
    const command = kernel.events.acquire(EventKind.command, host.index);
    kernel.events.payload[command] = fault;
    inputs.internal(host, command);
  }

  #touch(fault: Fault): void {
    if (!isHarm(fault)) return;
    const { now } = this.#stage.kernel;
    if (--this.#ahead === 0) this.#healedAt = now;
    const everybody = fault.kind === 'link' && (fault.from === undefined || fault.to === undefined);
    for (const host of everybody ? this.#stage.hosts : this.#named(hostsOf(fault))) host.lastTouched = now;
  }

  #take(id: number, code: number): Fault {
    const { events, trace } = this.#stage.kernel;
    const fault = events.payload[id] as Fault;
    events.release(id);
    trace.event(code, -1, -1, 0, fault.id, 0, fault);
    return fault;
  }

  #hosts(fault: Fault & { readonly hosts: readonly string[] }): SimHost[] {
    return this.#named(fault.hosts);
  }

  #named(names: readonly string[]): SimHost[] {
    return names.map((name) => this.#stage.byName.get(name) as SimHost);
  }
}

/** Commands are part of the story, and harm nobody. */
export function isHarm(fault: Fault): boolean {
  return fault.kind !== 'command';
}
