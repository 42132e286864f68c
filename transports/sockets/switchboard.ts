import type { Address } from '../../core/ports/transport.ts';
import type { Connection } from './connection.ts';
import type { TransportCounters } from './counters.ts';

/** A protocol as the sockets see it: bytes and connections. */
export interface Attached {
  /** Whether the bytes could be decoded. */
  receive(bytes: Uint8Array, from: Address): boolean;
  accept(connection: Connection, peer: Address): void;
}

/** Who gets what arrives. While nobody is attached, datagrams are dropped and connections are cut. */
export class Switchboard {
  attached: Attached | undefined;
  readonly #counters: TransportCounters;

  constructor(counters: TransportCounters) {
    this.#counters = counters;
  }

  /** Whether somebody could read the bytes. */
  deliver(bytes: Uint8Array, from: Address): boolean {
    if (this.attached !== undefined) return this.attached.receive(bytes, from);
    this.#counters.datagramsUnattended += 1;
    return false;
  }

  accept(connection: Connection, peer: Address): void {
    if (this.attached !== undefined) return this.attached.accept(connection, peer);
    this.#counters.connectionsUnattended += 1;
    connection.reset();
  }
}
