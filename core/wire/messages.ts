import type { Key } from '../ports/crypto.ts';
import type { Address } from '../ports/transport.ts';

/** The first byte of every message on memberlist's wire. */
export const Kind = {
  ping: 0,
  indirectPing: 1,
  ack: 2,
  suspect: 3,
  alive: 4,
  dead: 5,
  pushPull: 6,
  compound: 7,
  user: 8,
  compress: 9,
  encrypt: 10,
  nack: 11,
  checksum: 12,
  error: 13,
  label: 244,
} as const;

/** A member's state, in the order in which evidence of equal incarnation overrides. The numbers are the wire's. */
export const State = { alive: 0, suspect: 1, dead: 2, left: 3 } as const;
export type State = (typeof State)[keyof typeof State];

/**
 * What a member says of itself. Frozen, and shared by reference across all views that hold it.
 * `vsn` is [protocol min, max, current, delegate min, max, current].
 */
export interface Description {
  readonly name: string;
  readonly address: Address;
  readonly meta: Uint8Array;
  readonly vsn: Uint8Array;
}

/** Who asks, and where answers should go; absent from old senders. */
export interface Source {
  readonly name: string;
  readonly address: Address;
}

export interface Ping {
  readonly kind: typeof Kind.ping;
  readonly sequence: number;
  /** The name that the asker expects at this address; '' when it does not say. */
  readonly node: string;
  readonly source: Source | undefined;
}

export interface IndirectPing {
  readonly kind: typeof Kind.indirectPing;
  readonly sequence: number;
  readonly node: string;
  readonly target: Address;
  readonly nack: boolean;
  readonly source: Source | undefined;
}

export interface Ack {
  readonly kind: typeof Kind.ack;
  readonly sequence: number;
  readonly payload: Uint8Array | undefined;
}

export interface Nack {
  readonly kind: typeof Kind.nack;
  readonly sequence: number;
}

export interface Suspect {
  readonly kind: typeof Kind.suspect;
  readonly node: string;
  readonly incarnation: number;
  readonly from: string;
}

/** With `from` equal to `node`, a leave. */
export interface Dead {
  readonly kind: typeof Kind.dead;
  readonly node: string;
  readonly incarnation: number;
  readonly from: string;
}

export interface Alive {
  readonly kind: typeof Kind.alive;
  readonly incarnation: number;
  readonly about: Description;
}

export interface User {
  readonly kind: typeof Kind.user;
  readonly payload: Uint8Array;
}

export interface ErrorReply {
  readonly kind: typeof Kind.error;
  readonly error: string;
}

/** One member as push/pull states it. */
export interface PeerState {
  readonly about: Description;
  readonly incarnation: number;
  readonly state: State;
}

export interface PushPull {
  readonly kind: typeof Kind.pushPull;
  readonly join: boolean;
  readonly states: readonly PeerState[];
  readonly userState: Uint8Array;
}

/** What a datagram may carry. */
export type Message = Ping | IndirectPing | Ack | Nack | Suspect | Dead | Alive | User | ErrorReply;
/** What a stream may carry. */
export type StreamMessage = PushPull | Ping | Ack | User | ErrorReply;

/** A datagram: one or more messages in one envelope. `parts` is never empty. */
export interface Packet {
  /** The cluster's label in the outermost header; '' for none. */
  readonly label: string;
  /** The key that seals it; undefined for plain text. After decoding: the key that opened it. */
  readonly key: Key | undefined;
  /** A CRC in front: only for peers whose protocol maximum is 5 or more. */
  readonly checksum: boolean;
  readonly parts: readonly Message[];
}

/** One message on a stream. Only the dialer's first frame carries the label header. */
export interface Frame {
  readonly label: string;
  readonly key: Key | undefined;
  readonly message: StreamMessage;
}
