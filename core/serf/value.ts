import { MalformedPacket } from '../errors.ts';
import type { ByteWriter } from '../wire/byte-writer.ts';
import { STREAM_BYTES } from '../wire/limits.ts';
import { ObjectScanner } from '../wire/scan.ts';
import { bytesFromText, textFromBytes } from '../wire/text.ts';

/** What Serf's messages are made of. Text and bytes are the same on its wire: what is read are bytes. */
export type Value = null | boolean | number | string | Uint8Array | readonly Value[] | ReadonlyMap<string, Value>;

const STR_BIN_WIDTHS: Readonly<Record<number, number>> = { 0xc4: 1, 0xc5: 2, 0xc6: 4, 0xd9: 1, 0xda: 2, 0xdb: 4 };
const NUMBER_BYTES: Readonly<Record<number, number>> = {
  ...{ 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8 },
  ...{ 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8 },
};

/** The msgpack value that begins at `start`; undefined where the bytes end early or hold more than anybody needs. */
export function readValue(bytes: Uint8Array, start: number): Value | undefined {
  return isWhole(bytes, start) ? new ValueReader(bytes, start).value() : undefined;
}

function isWhole(bytes: Uint8Array, start: number): boolean {
  const scanner = new ObjectScanner();
  scanner.begin(start, STREAM_BYTES);
  try {
    return scanner.advance(bytes) >= 0;
  } catch (error) {
    if (error instanceof MalformedPacket) return false;
    throw error;
  }
}

/** Reads what is known to be whole. */
class ValueReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  value(): Value {
    const head = this.#bytes[this.#at++]!;
    if (head < 0x80) return head;
    if (head < 0x90) return this.#map(head & 0x0f);
    if (head < 0xa0) return this.#list(head & 0x0f);
    if (head < 0xc0) return this.#raw(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    if (head === 0xc2 || head === 0xc3) return head === 0xc3;
    if (STR_BIN_WIDTHS[head] !== undefined) return this.#raw(this.#unsigned(STR_BIN_WIDTHS[head]));
    if (NUMBER_BYTES[head] !== undefined) return this.#number(NUMBER_BYTES[head], head >= 0xd0);
    if (head === 0xdc || head === 0xdd) return this.#list(this.#unsigned(head === 0xdc ? 2 : 4));
    if (head === 0xde || head === 0xdf) return this.#map(this.#unsigned(head === 0xde ? 2 : 4));
    return this.#meaningless(head);
  }

  #map(count: number): ReadonlyMap<string, Value> {
    const map = new Map<string, Value>();
    for (let i = 0; i < count; i++) {
      const key = this.value();
      const value = this.value();
      if (key instanceof Uint8Array) map.set(textFromBytes(key), value);
    }
    return map;
  }

  #list(count: number): readonly Value[] {
    return Array.from({ length: count }, () => this.value());
  }

  #raw(length: number): Uint8Array {
    // A copy: what is kept must not pin the packet that it came in.
    const raw = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return raw;
  }

  #unsigned(width: number): number {
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 256 + this.#bytes[this.#at++]!;
    return value;
  }

  #number(width: number, signed: boolean): number {
    const negative = signed && this.#bytes[this.#at]! >= 0x80;
    const value = this.#unsigned(width);
    // No field of Serf's is negative: what such a number was exactly does not matter.
    return negative ? -1 : value;
  }

  /** nil, floats and extensions: no field that is read has one. */
  #meaningless(head: number): null {
    if (head === 0xca || head === 0xcb) this.#at += head === 0xca ? 4 : 8;
    else if (head >= 0xc7 && head <= 0xc9) this.#at += this.#unsigned(1 << (head - 0xc7)) + 1;
    else if (head >= 0xd4 && head <= 0xd8) this.#at += (1 << (head - 0xd4)) + 1;
    return null;
  }
}

/** Writes in the old dialect, which every Serf reads: raw for text and for bytes, and no str8 or bin. */
export function writeValue(writer: ByteWriter, value: Value): void {
  if (value === null) writer.byte(0xc0);
  else if (typeof value === 'boolean') writer.byte(value ? 0xc3 : 0xc2);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'string') writeRaw(writer, bytesFromText(value));
  else if (value instanceof Uint8Array) writeRaw(writer, value);
  else if (value instanceof Map) writeMap(writer, value as ReadonlyMap<string, Value>);
  else writeList(writer, value as readonly Value[]);
}

function writeRaw(writer: ByteWriter, bytes: Uint8Array): void {
  writeCount(writer, bytes.length, 0xa0, 31, 0xda);
  writer.bytes(bytes);
}

function writeMap(writer: ByteWriter, map: ReadonlyMap<string, Value>): void {
  writeCount(writer, map.size, 0x80, 15, 0xde);
  for (const [key, value] of map) {
    writeValue(writer, key);
    writeValue(writer, value);
  }
}

function writeList(writer: ByteWriter, list: readonly Value[]): void {
  writeCount(writer, list.length, 0x90, 15, 0xdc);
  for (const value of list) writeValue(writer, value);
}

/** `wide` is the type with two bytes of count; the one with four follows it. */
function writeCount(writer: ByteWriter, count: number, fixed: number, fixedMax: number, wide: number): void {
  if (count <= fixedMax) writer.byte(fixed | count);
  else if (count <= 0xffff) writeBigEndian(writer, wide, count, 2);
  else writeBigEndian(writer, wide + 1, count, 4);
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (value < 0x80) writer.byte(value);
  else if (value <= 0xffff) writeBigEndian(writer, 0xcd, value, 2);
  else if (value <= 0xffff_ffff) writeBigEndian(writer, 0xce, value, 4);
  else writeBigEndian(writer, 0xcf, value, 8);
}

function writeBigEndian(writer: ByteWriter, head: number, value: number, width: number): void {
  writer.byte(head);
  let rest = value;
  const digits: number[] = [];
  for (let i = 0; i < width; i++) {
    digits.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  }
  for (const digit of digits) writer.byte(digit);
}
