import { MalformedPacket } from '../errors.ts';
import { messageFrom, stateFrom } from './body.ts';
import type { Compressor } from './compress.ts';
import type { FieldReader, Fields } from './fields.ts';
import { BODY_BYTES, INFLATED_BYTES, PUSH_PULL_STATES, STREAM_BYTES } from './limits.ts';
import { Kind } from './messages.ts';
import type { PeerState, StreamMessage } from './messages.ts';
import { ObjectScanner } from './scan.ts';

/** What reading stream messages shares: one per codec. */
export interface StreamTools {
  readonly fields: FieldReader;
  readonly compressor: Compressor;
}

/**
 * Reads one message of a stream, unsealed, from bytes that arrive piece by piece. Nothing says in front how long a
 * message is: its msgpack bodies follow each other, and what is raw comes after them.
 */
export class StreamMessageReader {
  /** Bytes of the message, once it is complete. */
  size = 0;
  readonly #tools: StreamTools;
  readonly #inflated: boolean;
  readonly #scanner = new ObjectScanner();
  #header: Fields | undefined;
  #states: PeerState[] = [];
  #statesLeft = 0;
  #rawBytes = 0;

  constructor(tools: StreamTools, inflated = false) {
    this.#tools = tools;
    this.#inflated = inflated;
  }

  /** The message that `bytes` begins with; undefined while it is not complete: then call again with the same and more. */
  read(bytes: Uint8Array): StreamMessage | undefined {
    const kind = bytes[0];
    if (kind === undefined) return undefined;
    if (this.#header === undefined) {
      if (this.size === 0) this.#begin(kind);
      const header = this.#nextBody(bytes);
      if (header === undefined) return undefined;
      this.#readHeader(kind, header);
      this.#header = header;
    }
    switch (kind) {
      case Kind.pushPull:
        return this.#readPushPull(bytes, this.#header);
      case Kind.user: {
        const payload = this.#readRaw(bytes);
        return payload && { kind, payload };
      }
      case Kind.compress:
        return this.#readInflated(this.#header);
      case Kind.ping:
      case Kind.ack:
      case Kind.error:
        return messageFrom(kind, this.#header) as StreamMessage;
      default:
        return undefined;
    }
  }

  #begin(kind: number): void {
    if (!KINDS.has(kind)) throw new MalformedPacket('unknown-kind', `No stream message begins with the byte ${kind}.`);
    if (kind === Kind.compress && this.#inflated) {
      throw new MalformedPacket('too-deep', 'A compressed message inside a compressed one.');
    }
    this.size = 1;
    this.#scanner.begin(1, kind === Kind.compress ? STREAM_BYTES : BODY_BYTES);
  }

  #readHeader(kind: number, header: Fields): void {
    if (kind === Kind.pushPull) {
      this.#statesLeft = header.integer('Nodes', PUSH_PULL_STATES, 'too-many');
      this.#rawBytes = header.integer('UserStateLen', STREAM_BYTES, 'too-large');
    } else if (kind === Kind.user) this.#rawBytes = header.integer('UserMsgLen', STREAM_BYTES, 'too-large');
  }

  #readPushPull(bytes: Uint8Array, header: Fields): StreamMessage | undefined {
    for (; this.#statesLeft > 0; this.#statesLeft--) {
      const body = this.#nextBody(bytes);
      if (body === undefined) return undefined;
      const state = stateFrom(body);
      if (state !== undefined) this.#states.push(state);
    }
    const userState = this.#readRaw(bytes);
    return userState && { kind: Kind.pushPull, join: header.flag('Join'), states: this.#states, userState };
  }

  #readInflated(header: Fields): StreamMessage {
    const inflated = this.#tools.compressor.unwrap(header, INFLATED_BYTES);
    const message = new StreamMessageReader(this.#tools, true).read(inflated);
    if (message === undefined) throw new MalformedPacket('truncated', 'The bytes end inside a compressed message.');
    return message;
  }

  /** The next msgpack body; the scanner keeps its place while it is not complete. */
  #nextBody(bytes: Uint8Array): Fields | undefined {
    const end = this.#scanner.advance(bytes);
    if (end < 0) return undefined;
    const fields = this.#tools.fields.decode(bytes, this.size, end, this.#scanner.sawFloat);
    this.size = end;
    this.#scanner.begin(end, BODY_BYTES);
    return fields;
  }

  #readRaw(bytes: Uint8Array): Uint8Array | undefined {
    const end = this.size + this.#rawBytes;
    if (bytes.length < end) return undefined;
    const raw = new Uint8Array(bytes.subarray(this.size, end));
    this.size = end;
    return raw;
  }
}

const KINDS: ReadonlySet<number> = new Set([Kind.pushPull, Kind.ping, Kind.ack, Kind.user, Kind.error, Kind.compress]);
