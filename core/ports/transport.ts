import type { MalformedPacket } from '../errors.ts';

/**
 * Where an endpoint is reached, as text: `10.0.0.7:7946` or `[fd00::7]:7946`. The host part is always an IP address.
 * The text keeps the form that was heard: `[::ffff:10.0.0.7]:7946` stays distinct from `10.0.0.7:7946` until
 * `canonicalAddress` (core/address.ts) joins the two.
 */
export type Address = string;

/** Visits what identifies one part of a message, for traces. `subject` is '' and numbers are 0 where a part has none. */
export type PartVisitor = (kind: number, size: number, sequence: number, subject: string, incarnation: number) => void;

/**
 * How typed messages become bytes. Supplied by the protocol that owns the endpoint.
 *
 * Contract: `decode(encode(m))` means the same as `m`; `size(m)` equals `encode(m).length` by arithmetic alone;
 * `decode` throws `MalformedPacket` and nothing else. A message is never changed after it was sent.
 */
export interface Codec<M> {
  encode(message: M): Uint8Array;
  decode(bytes: Uint8Array): M;
  size(message: M): number;
  parts(message: M, visit: PartVisitor): void;
  /** What the kinds that `parts` tells are called, for people who read traces; a kind without a name stays a number. */
  readonly kindNames?: Readonly<Record<number, string>>;
}

/** A stream's codec also finds the ends of messages in bytes that arrive in arbitrary pieces. */
export interface StreamCodec<M> extends Codec<M> {
  /** A reader for one direction of one stream. */
  reader(): StreamReader<M>;
  /** Why a reader would refuse a message for its envelope alone: a world that hands messages over as objects refuses it too. */
  refusal?(message: M): MalformedPacket | undefined;
}

export interface StreamReader<M> {
  /** Takes the next bytes and returns the messages completed by them; throws `MalformedPacket`, after which it is spent. */
  push(bytes: Uint8Array): M[];
}

export interface Protocol<D, S> {
  readonly datagram: Codec<D>;
  readonly stream: StreamCodec<S>;
}

/** Why a stream ended. `end`: the peer finished in order; `closed`: this side closed it. */
export type CloseReason = 'end' | 'closed' | 'refused' | 'reset' | 'timeout' | 'malformed' | 'endpoint-closed';

export interface StreamHandlers<S> {
  onOpen?(stream: Stream<S>): void;
  onMessage(message: S, stream: Stream<S>): void;
  /** Runs exactly once, after which nothing else does. `detail` says more, where there is more to say: the error behind it. */
  onClose(reason: CloseReason, detail?: unknown): void;
}

/**
 * An ordered, reliable conversation of typed messages.
 *
 * Contract: messages arrive whole, once, in order, or the stream closes with a reason. `send` may be called before
 * the stream is open: messages wait. `send` after `end` or `close` is ignored. `end` finishes our direction once all is delivered
 * (half-close): we may still receive. `close` drops both directions at once.
 */
export interface Stream<S> {
  readonly peer: Address;
  send(message: S): void;
  /** Bytes accepted by `send` but not yet taken by the network: the sender's measure of back-pressure. */
  readonly pending: number;
  end(): void;
  close(): void;
}

export interface EndpointHandlers<D, S> {
  onDatagram(message: D, from: Address): void;
  /** A datagram whose bytes do not decode. */
  onMalformed(error: Error, from: Address): void;
  /** A peer opened a stream to us. */
  onStream(stream: Stream<S>): StreamHandlers<S>;
}

/**
 * One protocol on one address.
 *
 * Contract: datagrams may be lost, doubled and reordered; they are never delivered inside `send`. After `close` no
 * handler runs but the streams' `onClose('endpoint-closed')`, and sending is ignored.
 */
export interface Endpoint<D, S> {
  readonly address: Address;
  send(to: Address, message: D): void;
  /** Opens a stream; `deadline` microseconds bound the whole conversation, after which it closes with `timeout`. */
  connect(to: Address, deadline: number, handlers: StreamHandlers<S>): Stream<S>;
  close(): void;
}

export interface Transport {
  /** Binds `address`; throws `AddressInUse` when it is taken. */
  open<D, S>(address: Address, protocol: Protocol<D, S>, handlers: EndpointHandlers<D, S>): Endpoint<D, S>;
}
