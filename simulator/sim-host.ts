import type { Micros } from '../core/ports/clock.ts';
import type { Address } from '../core/ports/transport.ts';
import type { Fault } from './faults/fault.ts';
import { HostTime } from './host-time.ts';
import type { HostView } from './invariant.ts';
import type { HostSpec, Running } from './program.ts';

export const PORT = 7946;

/** What the host at a place of a topology, from 0, is reached at, after so many moves to a new address. */
export function hostAddress(place: number, moves = 0): Address {
  const number = place + 1;
  return `10.${moves % 256}.${(number >>> 8) & 255}.${number & 255}:${PORT}`;
}

/** Everything that a world knows of one host. Ports and engine change it; programs never see it. */
export class SimHost implements HostView {
  readonly name: string;
  readonly index: number;
  /** See HostSpec: what draws are made from. */
  readonly place: number;
  readonly spec: HostSpec;
  /** Where the host stands in the latency matrix. */
  readonly zone: number;
  readonly time: HostTime;
  address: Address;
  up = false;
  boot = 0;
  since: Micros = 0;
  timers = 0;
  timersSet = 0;
  running: Running | undefined = undefined;
  asynchronous = false;
  stored = new Map<string, unknown>();

  /** How many pauses of either kind are in force. */
  ioBlocks = 0;
  freezes = 0;
  /** What each message costs of this host's CPU, and until when that is busy. */
  perMessage: Micros = 0;
  busyUntil: Micros = 0;
  slowFaults: readonly Fault[] = [];
  /** The `service` faults that hold right now, oldest first. */
  suffered: readonly (Fault & { kind: 'service' })[] = [];
  /** True when what arrives has to queue: paused, slow, or still working the queues off. */
  gated = false;
  draining = false;
  /** Event records that wait: timers that came due in a freeze, and what arrived, oldest first. */
  overdue: number[] = [];
  inbox: number[] = [];
  /** Sends that a pause holds at the send point. */
  outbox: (() => void)[] = [];

  lastSend: Micros = -1;
  sendsThen = 0;
  lastTouched: Micros = 0;
  #addresses = 0;

  constructor(spec: HostSpec, index: number, zone: number, epochMs: number) {
    this.name = spec.name;
    this.index = index;
    this.place = spec.place ?? index;
    this.spec = spec;
    this.zone = zone;
    this.time = new HostTime(epochMs);
    this.address = this.#addressNow();
  }

  get bystander(): boolean {
    return this.spec.bystander === true;
  }

  get paused(): boolean {
    return this.ioBlocks + this.freezes > 0;
  }

  get frozen(): boolean {
    return this.freezes > 0;
  }

  get ip(): string {
    return this.address.slice(0, this.address.lastIndexOf(':'));
  }

  updateGate(): void {
    this.gated = this.paused || this.perMessage > 0 || this.draining;
  }

  moveToNewAddress(): void {
    this.#addresses++;
    this.address = this.#addressNow();
  }

  // Host and moves alone decide, so that one restart less in a schedule gives no other host another address.
  #addressNow(): Address {
    return hostAddress(this.place, this.#addresses);
  }
}
