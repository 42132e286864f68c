import type { Micros } from '../core/ports/clock.ts';
import type { Address, CloseReason, Stream, StreamHandlers, StreamReader } from '../core/ports/transport.ts';
import type { SimEndpoint } from './sim-endpoint.ts';

/** What travels on a stream in one piece, in order. */
export type Segment =
  | {
      readonly kind: 'message';
      readonly size: number;
      readonly digest: number;
      readonly payload: unknown;
      readonly sealed: number;
      /** The sending, as the trace counts. */
      readonly sent: number;
    }
  /** In order: everything before it has been delivered. */
  | { readonly kind: 'fin'; readonly size: 0 }
  | { readonly kind: 'reset'; readonly size: 0 };

export const FIN: Segment = Object.freeze({ kind: 'fin', size: 0 });
export const RESET: Segment = Object.freeze({ kind: 'reset', size: 0 });

/** What moves the segments of streams. */
export interface StreamCarrier {
  send<S>(side: SimStream<S>, message: S): void;
  push(side: SimStream<unknown>, segment: Segment): void;
  hangUp<S>(side: SimStream<S>, reason: CloseReason): void;
}

/** One side of a connection: data and the program's handle to it. */
export class SimStream<S> implements Stream<S> {
  readonly peer: Address;
  readonly endpoint: SimEndpoint<unknown, S>;
  readonly deadline: Micros;
  handlers: StreamHandlers<S> | undefined;
  /** The side at the peer's host, once there is one. */
  other: SimStream<unknown> | undefined = undefined;
  /** True once segments may leave. */
  isOpen = false;
  /** Our direction is finished: nothing more is accepted. */
  isEnded = false;
  /** The reason of the close that was or is about to be told; nothing is told after it. */
  closed: CloseReason | undefined = undefined;
  /** Nothing is sent any more either. */
  isDead = false;
  readonly queue: Segment[] = [];
  pending = 0;
  /** Bytes under way or waiting in the peer's host. */
  inFlight = 0;
  lastArrival: Micros = 0;
  /** Segments that got through, and attempts at the next one: what tells draws of one microsecond apart. */
  sent = 0;
  attempts = 0;
  /** The event record of the next attempt or of the deadline; -1 when there is none. */
  retry = -1;
  timeout = -1;
  reader: StreamReader<S> | undefined = undefined;
  readonly #carrier: StreamCarrier;

  constructor(carrier: StreamCarrier, endpoint: SimEndpoint<unknown, S>, peer: Address, deadline: Micros) {
    this.#carrier = carrier;
    this.endpoint = endpoint;
    this.peer = peer;
    this.deadline = deadline;
  }

  send(message: S): void {
    if (!this.isEnded) this.#carrier.send(this, message);
  }

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.#carrier.push(this, FIN);
  }

  close(): void {
    if (this.closed === undefined) this.#carrier.hangUp(this, 'closed');
  }
}
