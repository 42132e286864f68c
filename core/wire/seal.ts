import { NONCE_BYTES, TAG_BYTES } from '../ports/crypto.ts';
import type { Crypto, Key } from '../ports/crypto.ts';

/** 0 pads to whole cipher blocks first, as members that speak protocol 1 expect; 1 does not pad. */
export type SealVersion = 0 | 1;

const VERSION_BYTES = 1;
const BLOCK = 16;
const OVERHEAD = VERSION_BYTES + NONCE_BYTES + TAG_BYTES;

/** What sealing adds at most. */
export function sealOverhead(version: SealVersion): number {
  return version === 0 ? OVERHEAD + BLOCK : OVERHEAD;
}

export function sealedSize(plain: number, version: SealVersion): number {
  return OVERHEAD + plain + (version === 0 ? padding(plain) : 0);
}

/** `version | nonce | ciphertext | tag`. */
export function seal(
  crypto: Crypto,
  version: SealVersion,
  key: Key,
  plain: Uint8Array,
  associated: Uint8Array,
): Uint8Array {
  const nonce = crypto.nonce();
  const sealed = crypto.seal(key, nonce, version === 0 ? padded(plain) : plain, associated);
  const envelope = new Uint8Array(VERSION_BYTES + NONCE_BYTES + sealed.length);
  envelope[0] = version;
  envelope.set(nonce, VERSION_BYTES);
  envelope.set(sealed, VERSION_BYTES + NONCE_BYTES);
  return envelope;
}

export interface Opened {
  readonly plain: Uint8Array;
  readonly key: Key;
}

/** Tries the keys in order; undefined when none fits, or when `envelope` is not a sealed one at all. */
export function open(
  crypto: Crypto,
  keys: readonly Key[],
  envelope: Uint8Array,
  associated: Uint8Array,
): Opened | undefined {
  if (!maybeSealed(envelope)) return undefined;
  const nonce = envelope.subarray(VERSION_BYTES, VERSION_BYTES + NONCE_BYTES);
  const sealed = envelope.subarray(VERSION_BYTES + NONCE_BYTES);
  for (const key of keys) {
    const plain = crypto.open(key, nonce, sealed, associated);
    if (plain !== undefined) {
      const trimmed = envelope[0] === 0 ? unpadded(plain) : plain;
      return trimmed === undefined ? undefined : { plain: trimmed, key };
    }
  }
  return undefined;
}

/** Whether these bytes have the outer form of a sealed envelope. */
function maybeSealed(bytes: Uint8Array): boolean {
  return bytes.length >= OVERHEAD && (bytes[0] === 0 || bytes[0] === 1);
}

/**
 * Sealed envelopes begin like a ping or an indirect ping, the kinds 0 and 1. A plain one goes on with the head of a
 * msgpack map (or nil), where a sealed one has the first byte of a random nonce. Good enough to name the trouble.
 */
export function looksSealed(bytes: Uint8Array): boolean {
  const second = bytes[1];
  if (second === undefined || !maybeSealed(bytes)) return false;
  const mapOrNil = (second & 0xf0) === 0x80 || second === 0xde || second === 0xdf || second === 0xc0;
  return !mapOrNil;
}

/** PKCS #7: always at least one byte, each holding their number. */
function padding(length: number): number {
  return BLOCK - (length % BLOCK);
}

function padded(plain: Uint8Array): Uint8Array {
  const count = padding(plain.length);
  const result = new Uint8Array(plain.length + count).fill(count);
  result.set(plain);
  return result;
}

function unpadded(plain: Uint8Array): Uint8Array | undefined {
  const count = plain[plain.length - 1] ?? 0;
  return count >= 1 && count <= BLOCK && count <= plain.length ? plain.subarray(0, plain.length - count) : undefined;
}
