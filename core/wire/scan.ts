import { MalformedPacket } from '../errors.ts';
import { BODY_DEPTH, BODY_VALUES } from './limits.ts';

/** How to step over the msgpack types 0xc0 to 0xdf: bytes of the length that follows, bytes that always follow, what the length counts. */
type Step = readonly [lengthBytes: number, fixedBytes: number, counts: 'bytes' | 'values' | 'pairs' | 'nothing'];

const nothing = (fixedBytes: number): Step => [0, fixedBytes, 'nothing'];

const STEPS: readonly (Step | undefined)[] = [
  nothing(0), // nil
  undefined, // never used
  nothing(0), // false
  nothing(0), // true
  ...[1, 2, 4].map((n): Step => [n, 0, 'bytes']), // bin
  ...[1, 2, 4].map((n): Step => [n, 1, 'bytes']), // ext: a type byte in front of the data
  ...[4, 8].map(nothing), // float
  ...[1, 2, 4, 8].map(nothing), // uint
  ...[1, 2, 4, 8].map(nothing), // int
  ...[2, 3, 5, 9, 17].map(nothing), // fixext: a type byte and the data
  ...[1, 2, 4].map((n): Step => [n, 0, 'bytes']), // str
  ...[2, 4].map((n): Step => [n, 0, 'values']), // array
  ...[2, 4].map((n): Step => [n, 0, 'pairs']), // map
];

/**
 * Finds where a msgpack object ends, over bytes that may still be arriving, and refuses one that would cost more to
 * decode than its own bytes: every count must be filled by values that are really there. Each byte is looked at once,
 * however finely the input is cut.
 */
export class ObjectScanner {
  /** Whether a float was passed since `begin`. */
  sawFloat = false;
  #start = 0;
  #limit = 0;
  #at = 0;
  #values = 0;
  #depth = 0;
  /** Values still to come at each depth. */
  readonly #missing = new Float64Array(BODY_DEPTH + 1);

  /** Starts at offset `start`, for an object of at most `limit` bytes. */
  begin(start: number, limit: number): void {
    this.sawFloat = false;
    this.#start = start;
    this.#limit = limit;
    this.#at = start;
    this.#values = 0;
    this.#depth = 0;
  }

  /** The offset just past the object, or -1 when `bytes` ends first: then call again with the same bytes and more. */
  advance(bytes: Uint8Array): number {
    for (;;) {
      const head = bytes[this.#at];
      if (head === undefined) return -1;
      let next = this.#at + 1;
      let children = 0;
      if (head >= 0xa0 && head <= 0xbf) next += head & 0x1f;
      else if (head >= 0x90 && head <= 0x9f) children = head & 0x0f;
      else if (head >= 0x80 && head <= 0x8f) children = 2 * (head & 0x0f);
      else if (head >= 0xc0 && head <= 0xdf) {
        const step = STEPS[head - 0xc0];
        if (step === undefined) throw new MalformedPacket('bad-body', 'The byte 0xc1 has no meaning in msgpack.');
        if (head === 0xca || head === 0xcb) this.sawFloat = true;
        if (bytes.length < next + step[0]) return -1;
        let length = 0;
        for (let i = 0; i < step[0]; i++) length = length * 256 + bytes[next++]!;
        next += step[1];
        if (step[2] === 'bytes') next += length;
        else if (step[2] === 'values') children = length;
        else if (step[2] === 'pairs') children = 2 * length;
      }
      this.#admit(next, children);
      if (next > bytes.length) return -1;
      this.#at = next;
      this.#values += 1;
      if (this.#step(children)) return next;
    }
  }

  #admit(next: number, children: number): void {
    if (next - this.#start > this.#limit) {
      throw new MalformedPacket('too-large', `A body of more than ${this.#limit} bytes.`);
    }
    if (this.#values + children > BODY_VALUES) {
      throw new MalformedPacket('too-many', `A body of more than ${BODY_VALUES} values.`);
    }
  }

  /** Books one value that opens a container of `children`; true when the whole object is complete. */
  #step(children: number): boolean {
    if (children > 0) {
      if (this.#depth === BODY_DEPTH) throw new MalformedPacket('too-deep', `A body nested deeper than ${BODY_DEPTH}.`);
      this.#depth += 1;
      this.#missing[this.#depth] = children;
      return false;
    }
    while (this.#depth > 0) {
      const missing = this.#missing[this.#depth]! - 1;
      this.#missing[this.#depth] = missing;
      if (missing > 0) return false;
      this.#depth -= 1;
    }
    return true;
  }
}
