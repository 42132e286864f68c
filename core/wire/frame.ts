import { MalformedPacket } from '../errors.ts';
import type { PartVisitor, StreamCodec } from '../ports/transport.ts';
import { BodyEncoder, stateValues, valuesOf } from './body.ts';
import { ByteWriter } from './byte-writer.ts';
import { Compressor } from './compress.ts';
import { FieldReader } from './fields.ts';
import { FrameReader, SEALED_HEADER, streamAssociated } from './frame-reader.ts';
import { labelBytes, labelHeader, labelHeaderSize, wrongLabel } from './label.ts';
import { Kind } from './messages.ts';
import type { Frame, StreamMessage } from './messages.ts';
import { KIND_NAMES, visitPart } from './parts.ts';
import { seal, sealedSize } from './seal.ts';
import type { Security } from './security.ts';
import { streamMessageSize } from './sizes.ts';
import type { StreamTools } from './stream-message.ts';

/** Messages on streams, from the inside out: message, compression, seal, label. */
export class FrameCodec implements StreamCodec<Frame> {
  readonly kindNames = KIND_NAMES;
  readonly #security: Security;
  readonly #label: Uint8Array;
  readonly #bodies = new BodyEncoder();
  readonly #tools: StreamTools = { fields: new FieldReader(), compressor: new Compressor() };
  readonly #writer = new ByteWriter();
  #measured: StreamMessage | undefined;
  #measuredSize = 0;

  constructor(security: Security) {
    this.#security = security;
    this.#label = labelBytes(security.label);
  }

  encode({ label, key, message }: Frame): Uint8Array {
    const { crypto, sealVersion } = this.#security;
    const content = this.#content(message);
    const header = labelHeader(label);
    const sealedHeader = key === undefined ? 0 : SEALED_HEADER;
    const bodySize = key === undefined ? content.length : sealedSize(content.length, sealVersion);
    const bytes = new Uint8Array(header.length + sealedHeader + bodySize);
    bytes.set(header);
    if (key === undefined) {
      bytes.set(content, header.length);
      return bytes;
    }
    const start = header.length + SEALED_HEADER;
    bytes[header.length] = Kind.encrypt;
    new DataView(bytes.buffer).setUint32(header.length + 1, bodySize);
    const associated = streamAssociated(bytes.subarray(header.length, start), this.#label);
    bytes.set(seal(crypto, sealVersion, key, content, associated), start);
    return bytes;
  }

  size({ label, key, message }: Frame): number {
    const content = this.#security.compress ? this.#content(message).length : this.#plainSize(message);
    const body = key === undefined ? content : SEALED_HEADER + sealedSize(content, this.#security.sealVersion);
    return labelHeaderSize(label) + body;
  }

  /** A push/pull is one part with the number of its states as its sequence. */
  parts({ message }: Frame, visit: PartVisitor): void {
    const size = this.#plainSize(message);
    if (message.kind === Kind.pushPull) visit(message.kind, size, message.states.length, '', 0);
    else visitPart(message, size, visit);
  }

  /** Remembers its last answer: a frame's size is asked several times in a row, and a thousand states add up slowly. */
  #plainSize(message: StreamMessage): number {
    if (message !== this.#measured) {
      this.#measured = message;
      this.#measuredSize = streamMessageSize(message);
    }
    return this.#measuredSize;
  }

  decode(bytes: Uint8Array): Frame {
    if (bytes.length === 0) throw new MalformedPacket('empty', 'A frame without bytes.');
    const reader = new FrameReader(this.#security, this.#label, this.#tools);
    const [frame, second] = reader.push(bytes);
    if (frame === undefined) throw new MalformedPacket('truncated', 'The bytes end inside a frame.');
    if (second !== undefined || !reader.settled)
      throw new MalformedPacket('bad-body', 'Bytes follow the end of the frame.');
    return frame;
  }

  /** As a `FrameReader` refuses it; what it cannot know, the reader of the frame decides. */
  refusal({ label, key }: Frame): MalformedPacket | undefined {
    const { label: own, keys, acceptPlain } = this.#security;
    if (label !== '' && label !== own) return wrongLabel(label, own);
    const ring = keys();
    if (key === undefined) {
      return acceptPlain || ring.length === 0
        ? undefined
        : new MalformedPacket('not-sealed', 'Plain text on a stream.');
    }
    if (ring.length === 0) return new MalformedPacket('sealed', 'It is encrypted, but no keys are installed here.');
    const isOurs = ring.some((one) => one.length === key.length && one.every((byte, i) => byte === key[i]));
    return isOurs ? undefined : new MalformedPacket('no-key', 'None of the keys that are installed here opens it.');
  }

  reader(): FrameReader {
    return new FrameReader(this.#security, this.#label, this.#tools);
  }

  /** The message, compressed when that is on, whether it helps or not; valid until the next call. */
  #content(message: StreamMessage): Uint8Array {
    const writer = this.#writer;
    writer.reset();
    writer.byte(message.kind);
    const put = (bytes: Uint8Array): void => writer.bytes(bytes);
    if (message.kind === Kind.pushPull) {
      const { join, states, userState } = message;
      this.#bodies.encode({ Join: join, Nodes: states.length, UserStateLen: userState.length }, put);
      for (const state of states) this.#bodies.encode(stateValues(state), put);
      writer.bytes(userState);
    } else if (message.kind === Kind.user) {
      this.#bodies.encode({ UserMsgLen: message.payload.length }, put);
      writer.bytes(message.payload);
    } else this.#bodies.encode(valuesOf(message), put);
    return this.#security.compress ? this.#tools.compressor.wrap(writer.view()) : writer.view();
  }
}
