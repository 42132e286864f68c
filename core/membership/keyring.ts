import { RollcallError } from '../errors.ts';
import type { Key } from '../ports/crypto.ts';
import { compareBytes } from './lattice.ts';

export class InvalidKey extends RollcallError {
  constructor(problem: string, options?: { cause?: unknown }) {
    super('INVALID_KEY', problem, options);
  }
}

/**
 * The keys of one node. The primary key seals; every key opens. Rotation is install everywhere, use everywhere, remove
 * everywhere: at each step every node can read every other. An empty ring means plain text.
 */
export class Keyring {
  /** Primary first. */
  #keys: readonly Key[];
  #primary: Key | undefined;
  readonly #listeners: (() => void)[] = [];

  constructor(keys: readonly Key[] = []) {
    for (const key of keys) checkKey(key);
    this.#keys = Object.freeze(keys.filter((key, i) => keys.findIndex((other) => sameKey(other, key)) === i));
    this.#primary = this.#keys[0];
  }

  /** Runs after each change of the ring. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** All keys, primary first. */
  list(): readonly Key[] {
    return this.#keys;
  }

  /** The key that seals. */
  get primary(): Key | undefined {
    return this.#primary;
  }

  /** Whether this ring opens what was sealed with `key`. */
  has(key: Key): boolean {
    for (const held of this.#keys) {
      if (sameKey(held, key)) return true;
    }
    return false;
  }

  /** Adds a key that opens but does not seal yet. Installing a held key changes nothing. */
  install(key: Key): void {
    checkKey(key);
    if (this.#keys.length === 0) {
      throw new InvalidKey('This node runs in plain text: give it a key at its start, then rotate.');
    }
    if (this.has(key)) return;
    this.#set([...this.#keys, key]);
  }

  /** Makes an installed key the one that seals. */
  use(key: Key): void {
    if (!this.has(key)) throw new InvalidKey('This key is not installed. Install it on every node first, then use it.');
    this.#set([key, ...this.#keys.filter((held) => !sameKey(held, key))]);
  }

  /** Takes a key out; the primary key stays until another is in use. */
  remove(key: Key): void {
    if (!this.has(key)) return;
    if (sameKey(this.#keys[0]!, key)) {
      throw new InvalidKey('This is the primary key. Use another key on every node first, then remove this one.');
    }
    this.#set(this.#keys.filter((held) => !sameKey(held, key)));
  }

  #set(keys: readonly Key[]): void {
    this.#keys = Object.freeze(keys);
    this.#primary = keys[0];
    for (const listener of this.#listeners) listener();
  }
}

function sameKey(a: Key, b: Key): boolean {
  return a === b || compareBytes(a, b) === 0;
}

function checkKey(key: Key): void {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw new InvalidKey(`A key has 16, 24 or 32 bytes (AES-128, -192, -256); this one has ${key.length}.`);
  }
}
