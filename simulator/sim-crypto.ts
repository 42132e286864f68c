import { InvalidSetting } from '../core/errors.ts';
import {
  type Crypto,
  HASH_BYTES,
  type Key,
  NONCE_BYTES,
  SIGN_KEY_BYTES,
  SIGNATURE_BYTES,
  TAG_BYTES,
} from '../core/ports/crypto.ts';
import type { Random } from '../core/ports/random.ts';
import { bytesFromText } from '../core/wire/text.ts';
import { finish, mix } from './draws.ts';

const KEY_SIZES = [16, 24, 32];

/**
 * Stands in for AES-GCM in a simulated world: equal sizes and equal failures, pure and fast, and no secret at all.
 * `random` belongs to the nonces alone.
 */
export function standInCrypto(random: Random): Crypto {
  return new StandInCrypto(random);
}

class StandInCrypto implements Crypto {
  readonly #prefix: readonly [number, number];
  #sealed = 0;

  constructor(random: Random) {
    this.#prefix = [random.int(4_294_967_296), random.int(4_294_967_296)];
  }

  // Nobody else has the prefix, and no count comes twice.
  nonce(): Uint8Array {
    const nonce = new Uint8Array(NONCE_BYTES);
    const view = new DataView(nonce.buffer);
    view.setUint32(0, this.#prefix[0]);
    view.setUint32(4, this.#prefix[1]);
    view.setUint32(8, this.#sealed++);
    return nonce;
  }

  seal(key: Key, nonce: Uint8Array, plain: Uint8Array, associated: Uint8Array): Uint8Array {
    const start = initialState(key, nonce);
    const sealed = new Uint8Array(plain.length + TAG_BYTES);
    applyStream(start, plain, sealed, plain.length);
    writeTag(sealed.subarray(plain.length), start, plain, associated);
    return sealed;
  }

  open(key: Key, nonce: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array | undefined {
    if (!KEY_SIZES.includes(key.length) || nonce.length !== NONCE_BYTES || sealed.length < TAG_BYTES) return undefined;
    const start = initialState(key, nonce);
    const length = sealed.length - TAG_BYTES;
    const plain = new Uint8Array(length);
    applyStream(start, sealed, plain, length);
    const tag = new Uint8Array(TAG_BYTES);
    writeTag(tag, start, plain, associated);
    return tag.every((byte, index) => byte === sealed[length + index]) ? plain : undefined;
  }

  hash(bytes: Uint8Array): Uint8Array {
    return digest(absorb(0x68617368, bytes), HASH_BYTES);
  }

  hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array {
    return digest(absorb(absorb(0x686d6163, key), bytes), HASH_BYTES);
  }

  publicKey(seed: Uint8Array): Uint8Array {
    if (seed.length !== SIGN_KEY_BYTES) {
      throw new InvalidSetting('seed bytes', seed.length, `${SIGN_KEY_BYTES} in number`);
    }
    return digest(absorb(0x7075626b, seed), SIGN_KEY_BYTES);
  }

  sign(seed: Uint8Array, bytes: Uint8Array): Uint8Array {
    return digest(absorb(absorb(0x7369676e, this.publicKey(seed)), bytes), SIGNATURE_BYTES);
  }

  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
    if (publicKey.length !== SIGN_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
    const expected = digest(absorb(absorb(0x7369676e, publicKey), bytes), SIGNATURE_BYTES);
    return expected.every((byte, index) => byte === signature[index]);
  }

  signRsa(pem: string, bytes: Uint8Array): Uint8Array {
    if (!pem.includes('PRIVATE KEY')) {
      throw new InvalidSetting('private key', `${pem.length} characters`, 'an RSA private key in PEM');
    }
    return digest(absorb(absorb(0x72736173, bytesFromText(pem)), bytes), RSA_BYTES);
  }
}

/** As long as a signature by a key of 2048 bits. */
const RSA_BYTES = 256;

function digest(content: number, bytes: number): Uint8Array {
  const all = new Uint8Array(bytes);
  const view = new DataView(all.buffer);
  for (let word = 0; word < bytes / 4; word++) view.setInt32(word * 4, finish(mix(content, word)));
  return all;
}

function initialState(key: Key, nonce: Uint8Array): number {
  if (!KEY_SIZES.includes(key.length)) throw new InvalidSetting('key', `${key.length} bytes`, '16, 24 or 32 bytes');
  if (nonce.length !== NONCE_BYTES) throw new InvalidSetting('nonce', `${nonce.length} bytes`, `${NONCE_BYTES} bytes`);
  return absorb(absorb(0x52434c4c, key), nonce);
}

function absorb(state: number, bytes: Uint8Array): number {
  let hash = mix(state, bytes.length);
  for (const byte of bytes) hash = mix(hash, byte);
  return hash;
}

function applyStream(start: number, from: Uint8Array, to: Uint8Array, length: number): void {
  for (let index = 0; index < length; index += 4) {
    const word = finish(mix(start, index));
    for (let byte = 0; byte < 4 && index + byte < length; byte++) {
      to[index + byte] = (from[index + byte] as number) ^ ((word >>> (byte * 8)) & 255);
    }
  }
}

function writeTag(tag: Uint8Array, start: number, plain: Uint8Array, associated: Uint8Array): void {
  const view = new DataView(tag.buffer, tag.byteOffset, TAG_BYTES);
  const content = absorb(absorb(start, associated), plain);
  for (let word = 0; word < TAG_BYTES / 4; word++) view.setInt32(word * 4, finish(mix(mix(start, word), content)));
}
