import { MalformedPacket } from '../errors.ts';
import { ByteWriter } from './byte-writer.ts';

/*
 * LZW in the flavour of Go's compress/lzw with LSB order and 8-bit literals, which is GIF's: codes start at 9 bits
 * and grow, when the next one would not fit, to at most 12.
 */

const CLEAR = 256;
const END = 257;
const FIRST_WIDTH = 9;
const MOST_BITS = 12;
const CODES = 1 << MOST_BITS;

export class LzwDecoder {
  // Every code stands for a piece of what was already put out, so it is kept as place and length.
  readonly #starts = new Uint32Array(CODES);
  readonly #lengths = new Uint16Array(CODES);

  /** Throws `bad-compression`, or `too-large` once there would be more than `limit` bytes. */
  decode(input: Uint8Array, limit: number): Uint8Array {
    let output = new Uint8Array(Math.min(limit, Math.max(256, input.length * 4)));
    let length = 0;
    let width = FIRST_WIDTH;
    // The code that the current one completes: the previous string and one more byte.
    let next = END;
    let hasPrevious = false;
    let previousStart = 0;
    let previousLength = 0;
    let bits = 0;
    let bitCount = 0;
    let at = 0;
    for (;;) {
      while (bitCount < width) {
        if (at === input.length) throw new MalformedPacket('bad-compression', 'Compressed data without an end.');
        bits |= input[at++]! << bitCount;
        bitCount += 8;
      }
      const code = bits & ((1 << width) - 1);
      bits >>>= width;
      bitCount -= width;
      if (code === END) return output.slice(0, length);
      if (code === CLEAR) {
        width = FIRST_WIDTH;
        next = END;
        hasPrevious = false;
        continue;
      }
      let start = -1;
      let count = 1;
      if (code > END) {
        if (code < next) {
          start = this.#starts[code]!;
          count = this.#lengths[code]!;
        } else if (code === next && hasPrevious) {
          start = previousStart;
          count = previousLength + 1;
        } else throw new MalformedPacket('bad-compression', `The code ${code} has no meaning yet.`);
      }
      if (length + count > limit) throw new MalformedPacket('too-large', `Expands to more than ${limit} bytes.`);
      if (length + count > output.length) output = grown(output, length + count, limit);
      const put = length;
      if (start < 0) output[length++] = code;
      // Byte by byte and forward: a string may run on into itself.
      else for (let i = 0; i < count; i++) output[length++] = output[start + i]!;
      // A full table stays as it is until the sender clears it.
      if (next < CODES) {
        if (hasPrevious) {
          this.#starts[next] = previousStart;
          this.#lengths[next] = previousLength + 1;
        }
        next += 1;
        if (next === 1 << width && width < MOST_BITS) width += 1;
      }
      hasPrevious = true;
      previousStart = put;
      previousLength = count;
    }
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>, needed: number, limit: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(limit, Math.max(needed, bytes.length * 2)));
  larger.set(bytes);
  return larger;
}

export class LzwEncoder {
  // A tree of strings: each code's first child, next sibling and last byte. 0 means none, as literals are never children.
  readonly #child = new Uint16Array(CODES);
  readonly #sibling = new Uint16Array(CODES);
  readonly #byte = new Uint8Array(CODES);
  readonly #writer = new ByteWriter();
  #bits = 0;
  #bitCount = 0;
  #width = FIRST_WIDTH;
  #last = END;

  encode(input: Uint8Array): Uint8Array {
    this.#bits = 0;
    this.#bitCount = 0;
    this.#width = FIRST_WIDTH;
    this.#writer.reset();
    this.#clear();
    let code = -1;
    for (let i = 0; i < input.length; i++) {
      const byte = input[i]!;
      if (code < 0) {
        code = byte;
        continue;
      }
      const longer = this.#find(code, byte);
      if (longer !== 0) {
        code = longer;
        continue;
      }
      this.#write(code);
      if (this.#claim()) this.#add(code, byte);
      code = byte;
    }
    if (code >= 0) {
      this.#write(code);
      this.#claim();
    }
    this.#write(END);
    if (this.#bitCount > 0) this.#writer.byte(this.#bits & 0xff);
    return this.#writer.take();
  }

  #find(code: number, byte: number): number {
    let child = this.#child[code]!;
    while (child !== 0 && this.#byte[child] !== byte) child = this.#sibling[child]!;
    return child;
  }

  #add(parent: number, byte: number): void {
    this.#byte[this.#last] = byte;
    this.#sibling[this.#last] = this.#child[parent]!;
    this.#child[parent] = this.#last;
  }

  /** Takes the next code; false when the table was full and had to be cleared instead. */
  #claim(): boolean {
    this.#last += 1;
    if (this.#last === 1 << this.#width) this.#width += 1;
    if (this.#last < CODES - 1) return true;
    this.#clear();
    return false;
  }

  #clear(): void {
    this.#write(CLEAR);
    this.#width = FIRST_WIDTH;
    this.#last = END;
    this.#child.fill(0);
  }

  #write(code: number): void {
    this.#bits |= code << this.#bitCount;
    this.#bitCount += this.#width;
    while (this.#bitCount >= 8) {
      this.#writer.byte(this.#bits & 0xff);
      this.#bits >>>= 8;
      this.#bitCount -= 8;
    }
  }
}
