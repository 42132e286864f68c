import type { Address, Endpoint, EndpointHandlers, Protocol, Stream, StreamHandlers } from '../core/ports/transport.ts';
import type { Datagrams } from './datagrams.ts';
import type { Place } from './directory.ts';
import type { SimHost } from './sim-host.ts';
import type { Streams } from './streams.ts';

/** One bound address. It belongs to one boot of its host and is closed for good when that boot ends. */
export class SimEndpoint<D, S> implements Endpoint<D, S> {
  readonly address: Address;
  readonly host: SimHost;
  readonly protocol: Protocol<D, S>;
  readonly handlers: EndpointHandlers<D, S>;
  /** Which boot of the host it belongs to. */
  readonly boot: number;
  isOpen = true;
  readonly #place: Place;
  readonly #datagrams: Datagrams;
  readonly #streams: Streams;

  constructor(
    place: Place,
    protocol: Protocol<D, S>,
    handlers: EndpointHandlers<D, S>,
    datagrams: Datagrams,
    streams: Streams,
  ) {
    this.address = place.address;
    this.host = place.host;
    this.boot = place.host.boot;
    this.protocol = protocol;
    this.handlers = handlers;
    this.#place = place;
    this.#datagrams = datagrams;
    this.#streams = streams;
  }

  send(to: Address, message: D): void {
    if (!this.isOpen) return;
    const { host } = this;
    if (host.paused) host.outbox.push(() => this.#datagrams.send(this, to, message));
    else this.#datagrams.send(this, to, message);
  }

  connect(to: Address, deadline: number, handlers: StreamHandlers<S>): Stream<S> {
    return this.#streams.connect(this, to, deadline, handlers);
  }

  close(): void {
    if (!this.isOpen) return;
    this.unbind();
    this.#streams.closeAll(this);
  }

  /** Closes without telling anybody: what a crash does. */
  unbind(): void {
    this.isOpen = false;
    this.#place.endpoint = undefined;
  }
}
