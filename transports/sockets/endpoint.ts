import { MalformedPacket } from '../../core/errors.ts';
import type { Clock, Micros } from '../../core/ports/clock.ts';
import type {
  Address,
  CloseReason,
  Endpoint,
  EndpointHandlers,
  Protocol,
  Stream,
  StreamHandlers,
} from '../../core/ports/transport.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import type { TransportCounters } from './counters.ts';
import type { DatagramPath } from './datagram-path.ts';
import { guarded, surface } from './guarded.ts';
import { SocketStream } from './socket-stream.ts';
import type { Attached, Switchboard } from './switchboard.ts';
import { UnfinishedMessages } from './unfinished.ts';

/** What endpoints share: the bound sockets. */
export interface Wiring {
  readonly clock: Clock;
  readonly counters: TransportCounters;
  readonly switchboard: Switchboard;
  readonly datagrams: DatagramPath;
  /** Bounds an accepted stream up to its first message. */
  readonly acceptDeadline: Micros;
  /** A connection to `to` that says that it is for a stream. */
  dial(to: Address): Connection;
  /** Tells `stream` of what becomes of a dialed connection. */
  attach(connection: Connection, stream: ConnectionEvents): void;
}

/** One protocol on the bound sockets. */
export class SocketEndpoint<D, S> implements Endpoint<D, S>, Attached {
  readonly address: Address;
  readonly #wiring: Wiring;
  readonly #protocol: Protocol<D, S>;
  readonly #handlers: EndpointHandlers<D, S>;
  readonly #streams = new Set<SocketStream<S>>();
  readonly #unfinished = new UnfinishedMessages();
  #isOpen = true;

  constructor(address: Address, wiring: Wiring, protocol: Protocol<D, S>, handlers: EndpointHandlers<D, S>) {
    this.address = address;
    this.#wiring = wiring;
    this.#protocol = protocol;
    this.#handlers = handlers;
  }

  send(to: Address, message: D): void {
    if (this.#isOpen) this.#wiring.datagrams.send(to, this.#protocol.datagram.encode(message));
  }

  connect(to: Address, deadline: Micros, handlers: StreamHandlers<S>): Stream<S> {
    if (!this.#isOpen) return neverOpened(to, 'endpoint-closed', handlers);
    const { dial, attach, counters } = this.#wiring;
    const connection = dial(to);
    counters.streamsDialed += 1;
    const stream = this.#stream(connection, to, deadline, false);
    stream.start(handlers);
    attach(connection, stream);
    return stream;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { switchboard } = this.#wiring;
    if (switchboard.attached === this) switchboard.attached = undefined;
    for (const stream of this.#streams) stream.hangUp('endpoint-closed');
  }

  receive(bytes: Uint8Array, from: Address): boolean {
    let message: D;
    try {
      message = this.#protocol.datagram.decode(bytes);
    } catch (error) {
      if (error instanceof MalformedPacket) guarded(() => this.#handlers.onMalformed(error, from));
      else surface(error);
      return false;
    }
    guarded(() => this.#handlers.onDatagram(message, from));
    return true;
  }

  accept(connection: Connection, peer: Address): void {
    const { counters, acceptDeadline } = this.#wiring;
    counters.streamsAccepted += 1;
    const stream = this.#stream(connection, peer, acceptDeadline, true);
    connection.attach(stream);
    try {
      stream.start(this.#handlers.onStream(stream));
    } catch (error) {
      surface(error);
      return stream.hangUp('reset');
    }
    stream.onOpen();
  }

  #stream(connection: Connection, peer: Address, deadline: Micros, accepted: boolean): SocketStream<S> {
    const { clock, counters } = this.#wiring;
    const { stream: codec } = this.#protocol;
    const onGone = (stream: SocketStream<S>): void => void this.#streams.delete(stream);
    const stream = new SocketStream<S>({
      connection,
      peer,
      codec,
      clock,
      counters,
      unfinished: this.#unfinished,
      deadline,
      accepted,
      onGone,
    });
    this.#streams.add(stream);
    return stream;
  }
}

function neverOpened<S>(peer: Address, reason: CloseReason, handlers: StreamHandlers<S>): Stream<S> {
  setImmediate(() => handlers.onClose(reason));
  return { peer, pending: 0, send() {}, end() {}, close() {} };
}
