import { MalformedPacket } from '../errors.ts';
import type { Key } from '../ports/crypto.ts';
import type { StreamReader } from '../ports/transport.ts';
import { findLabel, wrongLabel } from './label.ts';
import { STREAM_BYTES } from './limits.ts';
import { Kind } from './messages.ts';
import type { Frame, StreamMessage } from './messages.ts';
import { open } from './seal.ts';
import type { Security } from './security.ts';
import { StreamMessageReader } from './stream-message.ts';
import type { StreamTools } from './stream-message.ts';

/** The kind and the length in front of a sealed message. */
export const SEALED_HEADER = 5;

/** What is sealed along with a stream message: its header, then the cluster's label even where no label is sent. */
export function streamAssociated(header: Uint8Array, label: Uint8Array): Uint8Array {
  const associated = new Uint8Array(SEALED_HEADER + label.length);
  associated.set(header);
  associated.set(label, SEALED_HEADER);
  return associated;
}

/**
 * One direction of a stream. Frames that are complete before bad bytes are still handed out; then the next `push`
 * throws what was wrong, and so does every later one.
 */
export class FrameReader implements StreamReader<Frame> {
  readonly #security: Security;
  readonly #label: Uint8Array;
  readonly #tools: StreamTools;
  readonly #input = new Input();
  #plain: StreamMessageReader | undefined;
  /** The label of the next frame; undefined until it is known. Only the first frame can have one. */
  #nextLabel: string | undefined;
  #failure: MalformedPacket | undefined;

  constructor(security: Security, label: Uint8Array, tools: StreamTools) {
    this.#security = security;
    this.#label = label;
    this.#tools = tools;
  }

  /** Whether the bytes so far were good and ended with a frame. */
  get settled(): boolean {
    return this.#failure === undefined && this.#input.length === 0;
  }

  push(bytes: Uint8Array): Frame[] {
    if (this.#failure !== undefined) throw this.#failure;
    this.#input.add(bytes);
    const frames: Frame[] = [];
    try {
      for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
      this.#input.keepRest();
    } catch (error) {
      if (!(error instanceof MalformedPacket)) throw error;
      this.#failure = error;
      this.#input.drop();
      if (frames.length === 0) throw error;
    }
    return frames;
  }

  #next(): Frame | undefined {
    const label = (this.#nextLabel ??= this.#readLabel());
    const kind = this.#input.view()[0];
    if (label === undefined || kind === undefined) return undefined;
    if (kind === Kind.encrypt) return this.#nextSealed(label);
    const { keys, acceptPlain } = this.#security;
    if (!acceptPlain && keys().length > 0) {
      throw new MalformedPacket('not-sealed', 'Plain text on a stream, but this cluster is encrypted.');
    }
    return this.#nextPlain(label);
  }

  #readLabel(): string | undefined {
    const bytes = this.#input.view();
    const found = bytes.length === 0 ? undefined : findLabel(bytes);
    if (found === undefined) return undefined;
    // Replies carry none: whether this direction must have one is for the reader of the frame to say.
    if (found.label !== '' && found.label !== this.#security.label) throw wrongLabel(found.label, this.#security.label);
    this.#input.consume(found.size);
    return found.label;
  }

  #nextPlain(label: string): Frame | undefined {
    this.#plain ??= new StreamMessageReader(this.#tools);
    const bytes = this.#input.view();
    const message = this.#plain.read(bytes);
    if ((message === undefined ? bytes.length : this.#plain.size) > STREAM_BYTES) {
      throw new MalformedPacket('too-large', `A stream message of more than ${STREAM_BYTES} bytes.`);
    }
    return message && this.#done(label, undefined, message, this.#plain.size);
  }

  #nextSealed(label: string): Frame | undefined {
    const { crypto, keys } = this.#security;
    const ring = keys();
    if (ring.length === 0) throw new MalformedPacket('sealed', 'It is encrypted, but no keys are installed here.');
    const bytes = this.#input.view();
    if (bytes.length < SEALED_HEADER) return undefined;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
    if (length > STREAM_BYTES) {
      throw new MalformedPacket('too-large', `A sealed message of ${length} bytes, more than ${STREAM_BYTES}.`);
    }
    const end = SEALED_HEADER + length;
    if (bytes.length < end) return undefined;
    const associated = streamAssociated(bytes.subarray(0, SEALED_HEADER), this.#label);
    const opened = open(crypto, ring, bytes.subarray(SEALED_HEADER, end), associated);
    if (opened === undefined) throw new MalformedPacket('no-key', 'No key that is installed here opens it.');
    const message = new StreamMessageReader(this.#tools).read(opened.plain);
    if (message === undefined) throw new MalformedPacket('truncated', 'The bytes end inside a sealed message.');
    return this.#done(label, opened.key, message, end);
  }

  #done(label: string, key: Key | undefined, message: StreamMessage, size: number): Frame {
    this.#input.consume(size);
    this.#plain = undefined;
    this.#nextLabel = '';
    return { label, key, message };
  }
}

const NONE = new Uint8Array(0);

/** Bytes that have arrived and are not used up. One piece that is used up at once is never copied. */
class Input {
  #bytes: Uint8Array = NONE;
  #start = 0;
  #end = 0;
  /** Whether `#bytes` belongs to the caller of `push`, who may change it afterwards. */
  #borrowed = false;

  get length(): number {
    return this.#end - this.#start;
  }

  view(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  add(piece: Uint8Array): void {
    if (this.length === 0) {
      this.#bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.length);
      this.#start = 0;
      this.#end = piece.length;
      this.#borrowed = true;
      return;
    }
    if (this.#end + piece.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.length + piece.length, 2 * this.length));
      larger.set(this.view());
      this.#end = this.length;
      this.#start = 0;
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#end);
    this.#end += piece.length;
  }

  consume(count: number): void {
    this.#start += count;
  }

  /** Ends the use of the caller's memory. */
  keepRest(): void {
    if (!this.#borrowed) return;
    this.#bytes = this.view().slice();
    this.#end = this.length;
    this.#start = 0;
    this.#borrowed = false;
  }

  drop(): void {
    this.#bytes = NONE;
    this.#start = 0;
    this.#end = 0;
  }
}
