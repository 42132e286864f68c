import { AddressInUse, InvalidSetting } from '../../core/errors.ts';
import { sameAddress } from '../../core/address.ts';
import type { Address, Endpoint, EndpointHandlers, Protocol, Transport } from '../../core/ports/transport.ts';
import type { TransportCounters } from './counters.ts';
import { SocketEndpoint, type Wiring } from './endpoint.ts';

/** Sockets that are bound, for one protocol at a time. */
export interface BoundTransport extends Transport {
  /** What is bound, with the port that it got. */
  readonly address: Address;
  readonly counters: TransportCounters;
  /** Closes the sockets, after the attached endpoint; resolves when nothing is left open. */
  close(): Promise<void>;
}

export class SocketTransport implements BoundTransport {
  readonly address: Address;
  readonly counters: TransportCounters;
  readonly #wiring: Wiring;
  readonly #closeSockets: () => Promise<void>;
  #endpoint: { close(): void } | undefined;
  #closing: Promise<void> | undefined;

  constructor(address: Address, wiring: Wiring, closeSockets: () => Promise<void>) {
    this.address = address;
    this.counters = wiring.counters;
    this.#wiring = wiring;
    this.#closeSockets = closeSockets;
  }

  open<D, S>(address: Address, protocol: Protocol<D, S>, handlers: EndpointHandlers<D, S>): Endpoint<D, S> {
    if (!sameAddress(address, this.address)) {
      throw new InvalidSetting('address', address, `the one that this transport has bound, ${this.address}`);
    }
    if (this.#closing !== undefined) {
      throw new InvalidSetting('transport', this.address, 'open: it was closed, so bind a new one');
    }
    const { switchboard } = this.#wiring;
    if (switchboard.attached !== undefined) throw new AddressInUse(address);
    const endpoint = new SocketEndpoint(this.address, this.#wiring, protocol, handlers);
    switchboard.attached = endpoint;
    this.#endpoint = endpoint;
    return endpoint;
  }

  close(): Promise<void> {
    this.#endpoint?.close();
    this.#closing ??= this.#closeSockets();
    return this.#closing;
  }
}
