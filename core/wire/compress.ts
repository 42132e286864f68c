import { MalformedPacket } from '../errors.ts';
import type { Fields } from './fields.ts';
import { LzwDecoder, LzwEncoder } from './lzw.ts';
import { Kind } from './messages.ts';
import { bytesFromText } from './text.ts';

const LZW = 0;

/** Kind and body up to the compressed bytes: `{ Algo: 0, Buf: … }`. */
const WRAPPER = Uint8Array.of(Kind.compress, 0x82, 0xa4, ...bytesFromText('Algo'), LZW, 0xa3, ...bytesFromText('Buf'));

/** The compressed form of messages. Its tables take 72 KB, so they are made when first needed. */
export class Compressor {
  #encoder: LzwEncoder | undefined;
  #decoder: LzwDecoder | undefined;

  wrap(message: Uint8Array): Uint8Array {
    this.#encoder ??= new LzwEncoder();
    const squeezed = this.#encoder.encode(message);
    const header = binaryHeader(squeezed.length);
    const wrapped = new Uint8Array(WRAPPER.length + header.length + squeezed.length);
    wrapped.set(WRAPPER);
    wrapped.set(header, WRAPPER.length);
    wrapped.set(squeezed, WRAPPER.length + header.length);
    return wrapped;
  }

  /** The message inside the wrapper's body, of at most `limit` bytes. */
  unwrap(body: Fields, limit: number): Uint8Array {
    const algorithm = body.integer('Algo', 255);
    const squeezed = body.borrowedBytes('Buf');
    if (algorithm !== LZW || squeezed === undefined) {
      throw new MalformedPacket('bad-compression', `Compressed in the unknown way ${algorithm}, or nothing at all.`);
    }
    this.#decoder ??= new LzwDecoder();
    return this.#decoder.decode(squeezed, limit);
  }
}

function binaryHeader(n: number): Uint8Array {
  if (n < 0x100) return Uint8Array.of(0xc4, n);
  if (n < 0x10000) return Uint8Array.of(0xc5, n >> 8, n);
  return Uint8Array.of(0xc6, n >>> 24, n >> 16, n >> 8, n);
}
