import type { Clock, Micros } from '../core/ports/clock.ts';
import type { Crypto } from '../core/ports/crypto.ts';
import type { Random } from '../core/ports/random.ts';
import type { Address, Transport } from '../core/ports/transport.ts';

/** What survives a crash of a host unless the restart wipes it. Values are copied in and out by reference: freeze them. */
export interface Store {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** The world as one program on one host sees it: the ports, and a little about itself. */
export interface Host {
  readonly name: string;
  /** A new one after a restart "with a new address". */
  readonly address: Address;
  /** How often this host has started: 1 on the first boot. */
  readonly boot: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly crypto: Crypto;
  readonly store: Store;
  /** Where the hosts that the topology calls seeds are reached now; may include this host. */
  seeds(): readonly Address[];
  /** Where another host is reached now; undefined when there is none of that name. */
  addressOf(host: string): Address | undefined;
  /** What this host's programs have to suffer of that kind right now: a `service` fault. Whoever lets it act calls `strike`. */
  suffers(effect: string): Suffering | undefined;
  /**
   * Whether a segment to another host would get through now: it is up, and no partition is in between. For fakes of
   * clusters whose inner traffic is not played packet by packet.
   */
  reaches(host: string): boolean;
  /** Tells invariants and metrics what happened in here. The world never interprets it. */
  emit(event: HostEvent): void;
}

/**
 * Anything with a `type`. Events enter the trace hash with all their fields, so they must be deterministic too: texts,
 * numbers, truth values, byte arrays, and plain objects and arrays of these. Anything else in a field counts as equal.
 */
export interface HostEvent {
  readonly type: string;
}

/** A `service` fault as a program meets it. */
export interface Suffering {
  readonly argument: unknown;
  /** It had an effect: that is counted. */
  strike(): void;
}

/** What a started program offers to the world. */
export interface Running {
  /** A scheduled `command` fault for this host: 'leave', 'join', 'update' … as the program defines. */
  command?(name: string, argument: unknown): void;
  /** The effects of `service` faults that the program knows; any other on its host is a mistake of the schedule. */
  readonly effects?: readonly string[];
  /** A `service` fault of one of these effects begins: for what happens at once. `Host.suffers` counts that it did. */
  struck?(effect: string, argument: unknown): void;
  /** The inner object, for invariants and tests to look at; never to drive. */
  readonly inspect?: unknown;
}

/**
 * Any code written against the ports. It starts when its host boots; a crash just stops calling it. A program that
 * returns a promise is asynchronous: after each of its events the world awaits one `turn()`.
 */
export type Program = (host: Host) => Running | void | Promise<Running | void>;

export interface HostSpec {
  readonly name: string;
  readonly program: Program;
  readonly zone?: string;
  /** Others find the cluster through it. */
  readonly seed?: boolean;
  /** When it boots; 0 unless said otherwise. */
  readonly startAt?: Micros;
  /** It runs something beside the cluster, such as a name service: rules about members leave it out. */
  readonly bystander?: boolean;
  /**
   * Its place in the topology, from 0, when that is not its place in this list: its address and all draws about its
   * packets are made from it, so that a host taken out of a topology moves nothing of the others.
   */
  readonly place?: number;
}
