import type { Micros } from '../core/ports/clock.ts';
import type { Address, Endpoint, EndpointHandlers, Protocol, Stream, StreamHandlers } from '../core/ports/transport.ts';
import type { SimHost } from './sim-host.ts';

/** One address of a host, now or in the past, and what is bound to it. */
export interface Place {
  readonly address: Address;
  readonly host: SimHost;
  endpoint: SimEndpoint<unknown, unknown> | undefined;
}

/** What carries an endpoint's messages. */
export interface Network {
  send<D, S>(from: SimEndpoint<D, S>, to: Address, message: D): void;
  connect<D, S>(from: SimEndpoint<D, S>, to: Address, deadline: Micros, handlers: StreamHandlers<S>): Stream<S>;
  closeStreams<D, S>(of: SimEndpoint<D, S>): void;
}

/** One bound address. It belongs to one boot of its host and is closed for good when that boot ends. */
export class SimEndpoint<D, S> implements Endpoint<D, S> {
  readonly address: Address;
  readonly host: SimHost;
  /** Which boot of the host it belongs to. */
  readonly boot: number;
  readonly protocol: Protocol<D, S>;
  readonly handlers: EndpointHandlers<D, S>;
  isOpen = true;
  readonly #place: Place;
  readonly #network: Network;

  constructor(place: Place, protocol: Protocol<D, S>, handlers: EndpointHandlers<D, S>, network: Network) {
    this.address = place.address;
    this.host = place.host;
    this.boot = place.host.boot;
    this.protocol = protocol;
    this.handlers = handlers;
    this.#place = place;
    this.#network = network;
  }

  send(to: Address, message: D): void {
    if (!this.isOpen) return;
    if (this.host.paused) this.host.outbox.push(() => this.#network.send(this, to, message));
    else this.#network.send(this, to, message);
  }

  connect(to: Address, deadline: Micros, handlers: StreamHandlers<S>): Stream<S> {
    return this.#network.connect(this, to, deadline, handlers);
  }

  close(): void {
    if (!this.isOpen) return;
    this.unbind();
    this.#network.closeStreams(this);
  }

  /** Closes without telling anybody: what a crash does. */
  unbind(): void {
    this.isOpen = false;
    this.#place.endpoint = undefined;
  }
}
