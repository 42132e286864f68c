import type { Micros } from '../core/ports/clock.ts';
import type { Fault } from './faults/fault.ts';
import type { HostEvent, Running } from './program.ts';

/** When a rule must hold. Part of a violation's identity: the same rule broken after healing is another bug. */
export type Phase = 'always' | 'after-healing' | 'end';

export interface Violation {
  /** The invariant's id, e.g. `no-resurrection`. */
  readonly invariant: string;
  /** Whom or what it is about, e.g. `n3` or `n3>n7` (observer>subject). */
  readonly subject: string;
  readonly phase: Phase;
  readonly at: Micros;
  /** One sentence with the observed values. */
  readonly detail: string;
}

/** What an invariant may look at. Read-only: an invariant that changes the run is a bug. */
export interface WorldView {
  now(): Micros;
  /** All hosts in the order of the topology. */
  readonly hosts: readonly HostView[];
  host(name: string): HostView | undefined;
  /** The schedule that is played. */
  readonly faults: readonly Fault[];
  /** When the last fault so far that could have touched this host began or ended; 0 when none has. */
  lastTouched(host: string): Micros;
  /** True once no fault is in force and none is scheduled any more. */
  healed(): boolean;
  /** When that became true. */
  healedAt(): Micros;
  violate(violation: Omit<Violation, 'at'>): void;
  /** Marks a *sometimes* point as hit. */
  reached(point: string): void;
}

export interface HostView {
  readonly name: string;
  /** Dense, from 0, in the order of the topology. */
  readonly index: number;
  readonly address: string;
  readonly up: boolean;
  readonly paused: boolean;
  readonly boot: number;
  /** When it last booted or crashed. */
  readonly since: Micros;
  /** Timers set and neither run nor cancelled by this host's program. */
  readonly timers: number;
  /** What the program exposed; undefined while down. */
  readonly running: Running | undefined;
  /** Not a member, and not meant to become one. */
  readonly bystander?: boolean;
}

/** One rule about runs. `create` makes a fresh checker per run. */
export interface Invariant {
  readonly id: string;
  /** The rule in words, shown when it breaks. */
  readonly words: string;
  create(world: WorldView): Checker;
}

/** Everything is optional: a checker hears only what it asks for. */
export interface Checker {
  onEvent?(host: HostView, event: HostEvent): void;
  /** A host booted, crashed, paused or resumed. */
  onHost?(host: HostView, change: 'boot' | 'crash' | 'pause' | 'resume'): void;
  /** A datagram was handed to the network. `size` includes the envelope. */
  onSend?(from: HostView, to: string, size: number): void;
  /** Every `tickEvery` microseconds (1 s unless said otherwise). */
  onTick?(): void;
  /** Once, when the run's time is up. */
  onEnd?(): void;
}
