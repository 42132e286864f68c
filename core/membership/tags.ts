import { InvalidSetting } from '../errors.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { bytesFromText, isWellFormed, textFromBytes } from '../wire/text.ts';
import { compareBytes } from './lattice.ts';

/*
 * Metadata as Serf writes it: 0xff and a msgpack map of text to text, in the old dialect without str8. Whoever reads it
 * may meet the newer dialect too. Bytes without the 0xff are what the first Serf sent: the role, as bare text.
 */

export type Tags = Readonly<Record<string, string>>;

const TAGGED = 0xff;
const RAW_MAX = 0xffff;

/** No tags are no bytes. Equal tags give equal bytes: keys are in byte order. */
export function encodeTags(tags: Tags): Uint8Array {
  const pairs = Object.entries(tags).map(([key, value]) => [bytesFromText(key), bytesFromText(value)] as const);
  if (pairs.length === 0) return new Uint8Array(0);
  if (pairs.length > RAW_MAX) throw new InvalidSetting('tags', `${pairs.length} tags`, `at most ${RAW_MAX} tags`);
  const writer = new ByteWriter();
  writer.byte(TAGGED);
  writeHead(writer, pairs.length, 0x80, 0x0f, 0xde);
  for (const pair of pairs.sort(([a], [b]) => compareBytes(a, b))) {
    for (const text of pair) {
      if (text.length > RAW_MAX) throw new InvalidSetting('a tag', `${text.length} bytes`, `at most ${RAW_MAX} bytes`);
      writeHead(writer, text.length, 0xa0, 0x1f, 0xda);
      writer.bytes(text);
    }
  }
  return writer.take();
}

/** The tags in a member's metadata, or undefined where the bytes are something else. Has no prototype. */
export function decodeTags(meta: Uint8Array): Tags | undefined {
  if (meta.length === 0) return tagsOf([]);
  if (meta[0] === TAGGED) return decodeMap(meta);
  const role = textFromBytes(meta);
  return isWellFormed(role) ? tagsOf([['role', role]]) : undefined;
}

function writeHead(writer: ByteWriter, count: number, fixed: number, fixedMax: number, wide: number): void {
  if (count <= fixedMax) return writer.byte(fixed | count);
  writer.byte(wide);
  writer.byte(count >> 8);
  writer.byte(count & 0xff);
}

function decodeMap(meta: Uint8Array): Tags | undefined {
  const reader = new TagReader(meta, 1);
  const count = reader.count();
  if (count === undefined) return undefined;
  const pairs: [string, string][] = [];
  for (let i = 0; i < count; i++) {
    const key = reader.text();
    const value = reader.text();
    // A count that the bytes do not fill ends here, however large it claims to be.
    if (key === undefined || value === undefined) return undefined;
    pairs.push([key, value]);
  }
  return tagsOf(pairs);
}

/** Keys come from strangers: `__proto__` is a key like any other, and `constructor` is not there unless somebody said it. */
function tagsOf(pairs: readonly (readonly [string, string])[]): Tags {
  const tags = Object.create(null) as Record<string, string>;
  for (const [key, value] of pairs) tags[key] = value;
  return Object.freeze(tags);
}

class TagReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** How many pairs a map announces. */
  count(): number | undefined {
    const head = this.#bytes[this.#at++] ?? 0;
    if ((head & 0xf0) === 0x80) return head & 0x0f;
    if (head === 0xde) return this.#number(2);
    return head === 0xdf ? this.#number(4) : undefined;
  }

  /** Raw, str or bin of any width; nil is empty, as in Go. */
  text(): string | undefined {
    const head = this.#bytes[this.#at++] ?? 0;
    if (head === 0xc0) return '';
    const length = (head & 0xe0) === 0xa0 ? head & 0x1f : this.#number(WIDTHS[head] ?? 0);
    if (length === undefined || this.#at + length > this.#bytes.length) return undefined;
    const text = textFromBytes(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return text;
  }

  #number(width: number): number | undefined {
    if (width === 0 || this.#at + width > this.#bytes.length) return undefined;
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 256 + this.#bytes[this.#at++]!;
    return value;
  }
}

/** Bytes of the length that follows a head. */
const WIDTHS: Readonly<Record<number, 1 | 2 | 4>> = { 0xd9: 1, 0xda: 2, 0xdb: 4, 0xc4: 1, 0xc5: 2, 0xc6: 4 };
