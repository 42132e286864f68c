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

/** Twice the codes, so that a search ends after a slot or two. */
const SLOT_BITS = MOST_BITS + 1;
const SLOTS = 1 << SLOT_BITS;
const GENERATIONS = 1 << 12;

export class LzwEncoder {
  // From a string's code and one more byte (20 bits) to the code of the longer string: a hash table in which an entry
  // also says in which generation it was made (12 bits), so that clearing the table is to begin the next one.
  readonly #entries = new Uint32Array(SLOTS);
  readonly #codes = new Uint16Array(SLOTS);
  readonly #writer = new ByteWriter();
  #generation = 0;
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
    if (input.length > 0) {
      let code = input[0]!;
      for (let i = 1; i < input.length; i++) {
        const byte = input[i]!;
        const slot = this.#slotOf((code << 8) | byte);
        if (this.#isTaken(slot)) {
          code = this.#codes[slot]!;
          continue;
        }
        this.#write(code);
        if (this.#claim()) this.#fill(slot, (code << 8) | byte);
        code = byte;
      }
      this.#write(code);
      this.#claim();
    }
    this.#write(END);
    if (this.#bitCount > 0) this.#writer.byte(this.#bits & 0xff);
    return this.#writer.take();
  }

  /** Where a string is, or would be. */
  #slotOf(key: number): number {
    const entry = this.#entryOf(key);
    let slot = Math.imul(key, 0x9e3779b1) >>> (32 - SLOT_BITS);
    while (this.#entries[slot] !== entry && this.#isTaken(slot)) slot = (slot + 1) & (SLOTS - 1);
    return slot;
  }

  #isTaken(slot: number): boolean {
    return this.#entries[slot]! >>> 20 === this.#generation;
  }

  #fill(slot: number, key: number): void {
    this.#entries[slot] = this.#entryOf(key);
    this.#codes[slot] = this.#last;
  }

  #entryOf(key: number): number {
    return ((this.#generation << 20) | key) >>> 0;
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
    this.#generation += 1;
    if (this.#generation < GENERATIONS) return;
    this.#entries.fill(0);
    this.#generation = 1;
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
