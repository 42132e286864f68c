import { hashText, mix } from './draws.ts';

/** Field names that are remembered; objects that serve as maps may have any number. */
const REMEMBERED_KEYS = 256;

/** How deep plain objects and arrays inside one another are looked into. */
const DEPTH = 4;

/** What stands for a value, or starts it. The numbers only have to differ from one another. */
const Mark = {
  undefined: 0x11,
  null: 0x12,
  false: 0x13,
  true: 0x14,
  integer: 0x15,
  fraction: 0x16,
  notANumber: 0x17,
  text: 0x18,
  bytes: 0x19,
  list: 0x1a,
  object: 0x1b,
  end: 0x1c,
  /** Functions, symbols, instances of classes, what is nested too deep: told apart from the rest, not from each other. */
  opaque: 0x1d,
} as const;

/**
 * Turns what programs emit into numbers: equal data give equal digests in every process. Texts, numbers, truth values,
 * byte arrays, plain objects (with the names and order of their fields) and arrays count in full.
 */
export class DataDigest {
  readonly #textHash: (text: string) => number;
  /** Apart from all other texts: so few that they stay in the processor's cache. */
  readonly #keys = new Map<string, number>();
  readonly #words = new DataView(new ArrayBuffer(8));

  /** `textHash` may remember: the same names come again and again. */
  constructor(textHash: (text: string) => number) {
    this.#textHash = textHash;
  }

  /** The fields of an event, whatever its class; `type` is left to the caller. */
  event(event: object): number {
    return this.#fields(event, 0, DEPTH);
  }

  #value(value: unknown, hash: number, depth: number): number {
    switch (typeof value) {
      case 'string':
        return mix(mix(hash, Mark.text), this.#textHash(value));
      case 'number':
        return this.#number(value, hash);
      case 'boolean':
        return mix(hash, value ? Mark.true : Mark.false);
      case 'undefined':
        return mix(hash, Mark.undefined);
      case 'object':
        return value === null ? mix(hash, Mark.null) : this.#object(value, hash, depth);
      case 'bigint':
        return mix(mix(hash, Mark.integer), this.#textHash(`${value}`));
      default:
        return mix(hash, Mark.opaque);
    }
  }

  #number(value: number, hash: number): number {
    if ((value | 0) === value) return mix(mix(hash, Mark.integer), value);
    // There is more than one pattern of bits that is no number.
    if (Number.isNaN(value)) return mix(hash, Mark.notANumber);
    this.#words.setFloat64(0, value);
    return mix(mix(mix(hash, Mark.fraction), this.#words.getInt32(0)), this.#words.getInt32(4));
  }

  #object(value: object, hash: number, depth: number): number {
    if (value instanceof Uint8Array) return bytesDigest(value, hash);
    if (depth === 0) return mix(hash, Mark.opaque);
    if (Array.isArray(value)) {
      let list = mix(mix(hash, Mark.list), value.length);
      for (let index = 0; index < value.length; index++) list = this.#value(value[index], list, depth - 1);
      return list;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return mix(hash, Mark.opaque);
    return mix(this.#fields(value, mix(hash, Mark.object), depth - 1), Mark.end);
  }

  #fields(value: object, hash: number, depth: number): number {
    let fields = hash;
    // Not Object.entries: this runs for every event of every program, and for...in makes no garbage.
    for (const key in value) {
      if (key === 'type' && depth === DEPTH) continue;
      fields = this.#value((value as Record<string, unknown>)[key], mix(fields, this.#keyHash(key)), depth);
    }
    return fields;
  }

  #keyHash(key: string): number {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const hash = hashText(key);
    if (this.#keys.size < REMEMBERED_KEYS) this.#keys.set(key, hash);
    return hash;
  }
}

function bytesDigest(bytes: Uint8Array, hash: number): number {
  let digest = mix(mix(hash, Mark.bytes), bytes.length);
  for (let index = 0; index < bytes.length; index++) digest = mix(digest, bytes[index] as number);
  return digest;
}
