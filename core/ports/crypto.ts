/** AES key material: 16, 24 or 32 bytes. */
export type Key = Uint8Array;

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const HASH_BYTES = 32;
/** Of an Ed25519 public key, and of the seed that is the private one. */
export const SIGN_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/**
 * Authenticated encryption, synchronous: the protocol seals packets on the hot path.
 *
 * Contract: `seal` returns ciphertext followed by a 16-byte tag, exactly `plain.length + 16` bytes. `open` returns
 * the plain bytes, or `undefined` when key, nonce, associated data or a single bit does not match; it never throws
 * on data from outside. Neither keeps or changes what it was given.
 */
export interface Crypto {
  /** A fresh 12-byte nonce, never repeated under one key. */
  nonce(): Uint8Array;
  seal(key: Key, nonce: Uint8Array, plain: Uint8Array, associated: Uint8Array): Uint8Array;
  open(key: Key, nonce: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array | undefined;
  /** A one-way digest (SHA-256): equal for equal bytes, telling nothing else about them. */
  hash(bytes: Uint8Array): Uint8Array;
  /** HMAC-SHA256: nobody without the key can make it. */
  hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** The public key that belongs to an Ed25519 seed. */
  publicKey(seed: Uint8Array): Uint8Array;
  /** An Ed25519 signature. */
  sign(seed: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** Whether the holder of the seed signed exactly these bytes; false, never a throw, for keys and signatures of any shape. */
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean;
  /** An RSA signature (PKCS #1 v1.5 with SHA-256) by a private key in PEM; throws `InvalidSetting` when that cannot be read. */
  signRsa(pem: string, bytes: Uint8Array): Uint8Array;
}
