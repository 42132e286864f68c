import type { Micros } from '../core/ports/clock.ts';
import { seededRandom } from '../core/random.ts';
import { Checkers } from './checkers.ts';
import { Datagrams } from './datagrams.ts';
import { Delays } from './delays.ts';
import { Dialing } from './dialing.ts';
import { Directory } from './directory.ts';
import { hashText } from './draws.ts';
import { HostFailed, InvalidTopology, namingHost } from './errors.ts';
import { EventKind } from './event-pool.ts';
import { FaultEngine } from './faults/engine.ts';
import type { Fault } from './faults/fault.ts';
import { validateSchedule } from './faults/validate.ts';
import type { Surroundings } from './host-session.ts';
import { Inputs } from './inputs.ts';
import type { Invariant, Violation, WorldView } from './invariant.ts';
import { type Counters, Kernel } from './kernel.ts';
import type { LatencyModel } from './latency.ts';
import { Lifecycle } from './lifecycle.ts';
import { Links } from './links.ts';
import type { HostEvent, HostSpec } from './program.ts';
import { Shape } from './shape.ts';
import { SimHost } from './sim-host.ts';
import { Streams } from './streams.ts';
import { StreamPaths } from './stream-paths.ts';
import { Strikes } from './strikes.ts';
import { tellProgram } from './told.ts';
import { type EventRange, Trace, type TraceRecord } from './trace.ts';

const TICK: Micros = 1_000_000;
/** The wall clock of all hosts at the start: 2026-01-01T00:00:00Z. */
const EPOCH_MS = 1_767_225_600_000;
/** What a frame of Ethernet leaves for a careful protocol. */
const MTU = 1400;
const LATENCY: LatencyModel = { kind: 'uniform', min: 500, max: 2_000 };

export interface WorldOptions {
  /** Everything that is drawn in this world follows from it. */
  readonly seed: string;
  readonly hosts: readonly HostSpec[];
  readonly faults: readonly Fault[];
  /** How long `run` plays. */
  readonly duration: Micros;
  /** 0.5 to 2 ms unless said otherwise. */
  readonly latency?: LatencyModel;
  readonly invariants?: readonly Invariant[];
  /** `wire` encodes and decodes every message; the hash is the same in both. `reference` unless said otherwise. */
  readonly mode?: 'reference' | 'wire';
  /** Freezes messages, and fails when somebody writes into their bytes. */
  readonly debug?: boolean;
  /** Datagrams above this many bytes are lost. 1400 unless said otherwise. */
  readonly mtu?: number;
  /** The wall clock of all hosts at the start, in milliseconds since 1970. */
  readonly epochMs?: number;
  /** Ends the run at the first violation. */
  readonly stopOnViolation?: boolean;
  /** Moves the nth datagram (from 0) by some microseconds, to prove that the hash sees it. */
  readonly shiftDelivery?: { readonly nth: number; readonly by: Micros };
  /** Hears every event as a readable record: for stories, not for speed. */
  readonly onTrace?: (record: TraceRecord) => void;
  /** Which events `trace.kept` holds whole. */
  readonly keep?: EventRange;
  /** Keeps account of the run's shape. */
  readonly shape?: boolean;
}

/** A seeded, single-threaded world in virtual time. */
export class World implements WorldView {
  readonly hosts: readonly SimHost[];
  readonly trace: Trace;
  readonly #options: WorldOptions;
  readonly #shape: Shape | undefined;
  readonly #byName = new Map<string, SimHost>();
  readonly #kernel: Kernel;
  readonly #strikes = new Strikes();
  readonly #checkers: Checkers;
  readonly #datagrams: Datagrams;
  readonly #streams: Streams;
  readonly #dialing: Dialing;
  readonly #inputs: Inputs;
  readonly #lifecycle: Lifecycle;
  readonly #engine: FaultEngine;
  #ended = false;

  constructor(options: WorldOptions) {
    this.#options = options;
    const zones = [...new Set(options.hosts.map((spec) => spec.zone ?? ''))];
    const delays = new Delays(options.latency ?? LATENCY, zones);
    this.hosts = options.hosts.map(
      (spec, index) => new SimHost(spec, index, delays.zone(spec.zone ?? ''), options.epochMs ?? EPOCH_MS),
    );
    const directory = new Directory();
    for (const host of this.hosts) {
      if (this.#byName.has(host.name)) {
        throw new InvalidTopology(`Two hosts are called ${JSON.stringify(host.name)}. Give each a name of its own.`);
      }
      this.#byName.set(host.name, host);
      directory.register(host);
    }
    validateSchedule(options.faults, (name) => this.#byName.has(name));

    this.trace = new Trace(
      this.hosts.map((host) => host.name),
      options.keep,
      options.onTrace,
      options.shape === true ? () => this.#shape?.fold() : undefined,
    );
    if (options.shape === true) {
      this.#shape = new Shape(this.trace, this.hosts.length, (name) => this.#byName.has(name));
    }
    const kernel = new Kernel(hashText(options.seed), this.trace);
    this.#kernel = kernel;
    const strikes = this.#strikes;
    const links = new Links(new Map(this.hosts.map((host) => [host.name, host.index])));
    const handling = {
      wire: options.mode === 'wire',
      debug: options.debug === true,
      mtu: options.mtu ?? MTU,
      shiftDelivery: options.shiftDelivery,
    };
    this.#checkers = new Checkers(options.invariants ?? [], this);
    const { onSend } = this.#checkers;
    this.#datagrams = new Datagrams(kernel, directory, links, delays, strikes, handling, onSend);
    const paths = new StreamPaths(kernel, directory, links, delays, strikes);
    this.#streams = new Streams(kernel, links, paths, strikes, handling);
    this.#dialing = new Dialing(kernel, directory, links, paths, strikes, this.#streams);
    this.#inputs = new Inputs(kernel, this.#datagrams, this.#streams, this.#dialing, strikes, (host, id) =>
      this.#command(host, id),
    );
    const surroundings: Surroundings = {
      kernel,
      random: seededRandom(options.seed),
      directory,
      streams: this.#streams,
      network: {
        send: (from, to, message) => this.#datagrams.send(from, to, message),
        connect: (from, to, deadline, handlers) => this.#dialing.connect(from, to, deadline, handlers),
        closeStreams: (of) => this.#streams.closeAll(of),
        reaches: (from, to) => paths.reaches(from, to),
      },
      hosts: this.hosts,
      byName: this.#byName,
      emit: (host, event) => this.#emit(host, event),
      strikes,
    };
    this.#lifecycle = new Lifecycle(surroundings, this.#inputs, () => this.#checkers);

    // Hosts before faults: what strikes at the very start finds the hosts booted.
    for (const host of this.hosts) {
      kernel.events.schedule(EventKind.boot, -1, host.spec.startAt ?? 0, undefined, host);
    }
    this.#engine = new FaultEngine(
      {
        kernel,
        lifecycle: this.#lifecycle,
        links,
        streams: this.#streams,
        inputs: this.#inputs,
        strikes,
        hosts: this.hosts,
        byName: this.#byName,
      },
      options.faults,
    );
    if (this.#checkers.ticks) kernel.events.schedule(EventKind.tick, -1, TICK, undefined, undefined);
  }

  now(): Micros {
    return this.#kernel.now;
  }

  /** The rolling hash over everything that has happened. */
  get hash(): string {
    return this.trace.hash;
  }

  get violations(): readonly Violation[] {
    return this.#checkers.violations;
  }

  /** How many faults of each kind had an effect, by kind and by harm. */
  get struck(): Readonly<Record<string, number>> {
    return this.#strikes.counts;
  }

  /** The ids of the faults that had an effect. */
  get struckIds(): readonly string[] {
    return this.#strikes.ids;
  }

  get faults(): readonly Fault[] {
    return this.#options.faults;
  }

  /** What the run did so far, in features that other runs may share; empty unless it was asked for. */
  get shape(): readonly number[] {
    return this.#shape?.read() ?? [];
  }

  /** The time-limited faults that hold right now. */
  get faultsInForce(): readonly Fault[] {
    return this.#engine.inForce;
  }

  get reachedPoints(): ReadonlySet<string> {
    return this.#checkers.reached;
  }

  get counters(): Readonly<Counters> {
    return this.#kernel.counters;
  }

  host(name: string): SimHost | undefined {
    return this.#byName.get(name);
  }

  lastTouched(host: string): Micros {
    return this.#byName.get(host)?.lastTouched ?? 0;
  }

  healed(): boolean {
    return this.#engine.healed;
  }

  healedAt(): Micros {
    return this.#engine.healedAt;
  }

  violate(violation: Omit<Violation, 'at'>): void {
    this.trace.markBroken();
    this.#checkers.violate(violation, this.now());
  }

  reached(point: string): void {
    this.#checkers.reached.add(point);
  }

  /** Plays the whole duration. Throws when a program is asynchronous, or fails. */
  run(): void {
    this.runUntil(this.#options.duration);
    this.#end();
  }

  /** Plays all events up to and including `time`. */
  runUntil(time: Micros): void {
    const { wheel } = this.#kernel.events;
    try {
      for (let id = wheel.pop(time); id >= 0; id = wheel.pop(time)) {
        this.#kernel.arrive(id);
        this.#execute(id);
        if (this.#stopped()) return;
      }
    } catch (error) {
      throw namingHost(error, this.hosts[this.#kernel.running]?.name ?? 'the world', this.now());
    }
    this.#kernel.advance(time);
  }

  /** Plays the whole duration with asynchronous programs: `turn` lets their promises settle after each of their events. */
  async runAsync(turn: () => Promise<void>): Promise<void> {
    await this.runAsyncUntil(this.#options.duration, turn);
    this.#end();
  }

  /** Plays all events up to and including `time`, with asynchronous programs. */
  async runAsyncUntil(time: Micros, turn: () => Promise<void>): Promise<void> {
    const { events } = this.#kernel;
    this.#lifecycle.allowsAsynchronous = true;
    try {
      for (let id = events.wheel.pop(time); id >= 0; id = events.wheel.pop(time)) {
        this.#kernel.arrive(id);
        this.#execute(id);
        const ran = this.hosts[this.#kernel.running];
        if (ran?.asynchronous === true) await turn();
        const { failure } = this.#lifecycle;
        if (failure !== undefined) throw new HostFailed(failure.host.name, this.now(), failure.cause);
        if (this.#stopped()) return;
      }
    } catch (error) {
      throw namingHost(error, this.hosts[this.#kernel.running]?.name ?? 'the world', this.now());
    }
    this.#kernel.advance(time);
  }

  #execute(id: number): void {
    const { events, counters } = this.#kernel;
    counters.events++;
    this.#kernel.running = -1;
    this.trace.begin(events.cause[id] as number);
    switch (events.kind[id]) {
      case EventKind.timer:
      case EventKind.deadline:
      case EventKind.hangUp:
        return this.#inputs.internal(this.hosts[events.host[id] as number] as SimHost, id);
      case EventKind.deliver:
      case EventKind.segment:
      case EventKind.accepted:
      case EventKind.opened:
        return this.#inputs.external(this.hosts[events.host[id] as number] as SimHost, id);
      case EventKind.drain:
        return this.#inputs.drain(id);
      case EventKind.dial:
        return this.#dialing.dial(id);
      case EventKind.syn:
        return this.#dialing.arrive(id);
      case EventKind.pump:
        return this.#streams.retry(id);
      case EventKind.boot: {
        const host = events.target[id] as SimHost;
        events.release(id);
        return this.#lifecycle.boot(host);
      }
      case EventKind.faultBegin:
        return this.#engine.begin(id);
      case EventKind.faultEnd:
        return this.#engine.end(id);
      case EventKind.tick:
        events.release(id);
        events.schedule(EventKind.tick, -1, this.now() + TICK, undefined, undefined);
        return this.#checkers.tick();
    }
  }

  #command(host: SimHost, id: number): void {
    const { events, trace } = this.#kernel;
    const fault = events.payload[id] as Parameters<typeof tellProgram>[1];
    events.release(id);
    tellProgram(host, fault, trace);
  }

  #emit(host: SimHost, event: HostEvent): void {
    this.#shape?.emitted(host.name, event);
    this.trace.emitted(host.index, event);
    this.#checkers.event(host, event);
  }

  #stopped(): boolean {
    return this.#options.stopOnViolation === true && this.#checkers.violations.length > 0;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.trace.begin(-1);
    if (!this.#stopped()) this.#checkers.end();
  }
}
