import { Decoder } from '@msgpack/msgpack';
import { MalformedPacket } from '../errors.ts';
import type { MalformedReason } from '../errors.ts';
import { BODY_BYTES } from './limits.ts';
import { ObjectScanner } from './scan.ts';
import { textFromBytes } from './text.ts';

/** Every field name of the protocol. A name that is not here is never looked at. */
const NAMES = [
  ...[
    'Addr',
    'Algo',
    'Buf',
    'Error',
    'From',
    'Incarnation',
    'Join',
    'Meta',
    'Nack',
    'Name',
    'Node',
    'Nodes',
    'Payload',
  ],
  ...[
    'Port',
    'SeqNo',
    'SourceAddr',
    'SourceNode',
    'SourcePort',
    'State',
    'Target',
    'UserMsgLen',
    'UserStateLen',
    'Vsn',
  ],
] as const;
export type FieldName = (typeof NAMES)[number];

const UNKNOWN = '';
const NO_FLOATS: readonly string[] = [];
const EXTENSION = Symbol('a msgpack extension');

/** Turns msgpack maps into `Fields`. One per codec: the decoder's work space is used again and again. */
export class FieldReader {
  readonly #scanner = new ObjectScanner();
  readonly #decoder = new Decoder({
    rawStrings: true,
    mapKeyConverter: keyFromValue,
    // The package's own cache of keys draws from Math.random once it is full.
    keyDecoder: {
      canBeCached: () => true,
      decode: (bytes, offset, length) => keyAt(bytes, offset, length),
    },
    // No message holds an extension; without this, some would come out as dates.
    extensionCodec: { tryToEncode: () => null, decode: () => EXTENSION },
  });

  /** The object that begins at `start`. What follows it is ignored, as every memberlist does. */
  read(bytes: Uint8Array, start: number, limit: number = BODY_BYTES): Fields {
    this.#scanner.begin(start, limit);
    const end = this.#scanner.advance(bytes);
    if (end < 0) throw new MalformedPacket('truncated', 'The bytes end inside a message body.');
    return this.decode(bytes, start, end, this.#scanner.sawFloat);
  }

  /** The object between `start` and `end`, where a scanner found it. */
  decode(bytes: Uint8Array, start: number, end: number, sawFloat: boolean): Fields {
    const object = bytes.subarray(start, end);
    const value = this.#decoder.decode(object);
    if (value === null) return new Fields({}, NO_FLOATS);
    if (typeof value !== 'object' || Array.isArray(value) || value instanceof Uint8Array) {
      throw new MalformedPacket('bad-body', 'A message body must be a msgpack map.');
    }
    return new Fields(value as Record<string, unknown>, sawFloat ? keysWithFloats(object) : NO_FLOATS);
  }
}

/** A decoded map, read by field: missing and nil fields are zero, and a field of another type is refused. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  // Once decoded, the float 1.0 looks like the integer 1, which Go's decoders tell apart.
  readonly #floats: readonly string[];

  constructor(values: Readonly<Record<string, unknown>>, floats: readonly string[]) {
    this.#values = values;
    this.#floats = floats;
  }

  text(name: FieldName): string {
    const value = this.#values[name] ?? undefined;
    if (value === undefined) return '';
    if (!(value instanceof Uint8Array)) throw wrongType(name, 'text');
    return textFromBytes(value);
  }

  flag(name: FieldName): boolean {
    const value = this.#values[name] ?? false;
    if (typeof value !== 'boolean') throw wrongType(name, 'a boolean');
    return value;
  }

  integer(name: FieldName, most: number, tooMuch: MalformedReason = 'bad-body'): number {
    const value = this.#values[name] ?? 0;
    if (typeof value !== 'number' || value < 0 || this.#floats.includes(name)) throw wrongType(name, 'a whole number');
    if (value > most) throw new MalformedPacket(tooMuch, `The field ${name} is ${value}, more than ${most}.`);
    return value;
  }

  /** The bytes of a field in memory of their own, or undefined for nil. */
  bytes(name: FieldName): Uint8Array | undefined {
    const bytes = this.borrowedBytes(name);
    return bytes === undefined ? undefined : new Uint8Array(bytes);
  }

  /** The same without copying: a view on the input. */
  borrowedBytes(name: FieldName): Uint8Array | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined || value instanceof Uint8Array) return value;
    if (!Array.isArray(value) || this.#floats.includes(name) || !value.every(isByte)) throw wrongType(name, 'bytes');
    return Uint8Array.from(value);
  }
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 255;
}

function wrongType(name: FieldName, expected: string): MalformedPacket {
  return new MalformedPacket('bad-body', `The field ${name} is not ${expected}.`);
}

const NAMES_BY_LENGTH = ((): readonly (readonly FieldName[])[] => {
  const byLength: FieldName[][] = [];
  for (const name of NAMES) {
    while (byLength.length <= name.length) byLength.push([]);
    byLength[name.length]!.push(name);
  }
  return byLength;
})();

/** The field name that is written in ASCII at `offset`. */
function keyAt(bytes: Uint8Array, offset: number, length: number): FieldName | typeof UNKNOWN {
  for (const name of NAMES_BY_LENGTH[length] ?? []) {
    let i = 0;
    while (i < length && bytes[offset + i] === name.charCodeAt(i)) i++;
    if (i === length) return name;
  }
  return UNKNOWN;
}

function keyFromValue(key: unknown): string {
  if (typeof key === 'string') return key;
  if (key instanceof Uint8Array) return keyAt(key, 0, key.length);
  throw new MalformedPacket('bad-body', 'A key in a message body is not text.');
}

/** The keys of a map whose values are floats or lists with floats. Slow, but floats are never sent on purpose. */
function keysWithFloats(map: Uint8Array): readonly string[] {
  const head = map[0]!;
  const header = head === 0xde ? 3 : head === 0xdf ? 5 : 1;
  const scanner = new ObjectScanner();
  const names: string[] = [];
  for (let at = header; at < map.length;) {
    scanner.begin(at, map.length);
    const keyEnd = scanner.advance(map);
    scanner.begin(keyEnd, map.length);
    const valueEnd = scanner.advance(map);
    if (scanner.sawFloat) names.push(nameOf(map, at, keyEnd));
    at = valueEnd;
  }
  return names;
}

function nameOf(map: Uint8Array, at: number, end: number): string {
  const head = map[at]!;
  // fixstr has its length in the head; str and bin with one, two and four bytes follow each other by type.
  const lengthBytes = head < 0xc0 ? 0 : 1 << ((head >= 0xd9 ? head - 0xd9 : head - 0xc4) & 3);
  const start = at + 1 + lengthBytes;
  return keyAt(map, start, end - start);
}
