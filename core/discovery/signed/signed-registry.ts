import { fromBase64, toBase64 } from '../../base64.ts';
import { InvalidSetting } from '../../errors.ts';
import { SIGN_KEY_BYTES, type Crypto } from '../../ports/crypto.ts';
import { bytesFromText } from '../../wire/text.ts';
import { rfc3339 } from '../../wall-time.ts';
import { isObject, readListing } from '../registry/listing.ts';
import { millisecondsOf } from '../registry/timestamp.ts';
import { canonicalJson } from './canonical-json.ts';

/** A registry that says who made it and when: only whoever holds the private key can. */
export interface SignedRegistry {
  /** The label of the cluster that it is about. */
  readonly cluster: string;
  /** Grows from one edition to the next: an older one is never believed again. */
  readonly seq: number;
  /** RFC 3339. */
  readonly issued: string;
  readonly expires: string;
  /** `keyIdOf` the public key that it is to be verified with. */
  readonly keyId: string;
  /** As in an unsigned registry. */
  readonly entries: readonly unknown[];
  /** Ed25519 in base64, over the canonical JSON of all the rest. */
  readonly signature: string;
}

/** What is to be signed; times in milliseconds since 1970. */
export interface Edition {
  readonly cluster: string;
  readonly seq: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly entries: readonly unknown[];
}

/** Clocks of machines that tell the time to each other differ by less. */
const SKEW_MS = 60_000;
const KEY_ID_BYTES = 8;

/** Enough of the key's digest to tell keys apart: for people and for rotation. */
export function keyIdOf(publicKey: Uint8Array, crypto: Crypto): string {
  const digest = crypto.hash(publicKey).subarray(0, KEY_ID_BYTES);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Reads a public key as configurations have it; throws `InvalidSetting`. */
export function publicKeyFrom(text: string): Uint8Array {
  const key = fromBase64(text);
  if (key.length === SIGN_KEY_BYTES) return key;
  throw new InvalidSetting('public key', `${key.length} bytes`, `${SIGN_KEY_BYTES} bytes in base64`);
}

/** Makes an edition of a registry. `seed` is the private key. Throws `InvalidSetting` for what no reader would believe. */
export function signRegistry(edition: Edition, seed: Uint8Array, crypto: Crypto): SignedRegistry {
  const { cluster, seq, issuedAt, expiresAt, entries } = edition;
  if (seed.length !== SIGN_KEY_BYTES) {
    throw new InvalidSetting('private key', `${seed.length} bytes`, `${SIGN_KEY_BYTES} bytes`);
  }
  if (!Number.isSafeInteger(seq) || seq < 0) throw new InvalidSetting('seq', seq, 'a whole number from 0');
  if (expiresAt <= issuedAt) throw new InvalidSetting('expires', rfc3339(expiresAt), `after ${rfc3339(issuedAt)}`);
  const [damage] = readListing(entries)!.damaged;
  if (damage !== undefined) throw new InvalidSetting('entries', damage, 'entries that nodes can read');
  const keyId = keyIdOf(crypto.publicKey(seed), crypto);
  const unsigned = { cluster, seq, issued: rfc3339(issuedAt), expires: rfc3339(expiresAt), keyId, entries };
  return { ...unsigned, signature: toBase64(crypto.sign(seed, signedBytes(unsigned))) };
}

export interface Trust {
  readonly publicKeys: readonly Uint8Array[];
  readonly label: string;
  readonly crypto: Crypto;
}

/** The document, when it is to be believed at `now`; else why not. Whether it is older than one seen before is not known here. */
export function verifiedRegistry(value: unknown, now: number, trust: Trust): SignedRegistry | string {
  const { publicKeys, label, crypto } = trust;
  if (!isObject(value) || typeof value['signature'] !== 'string') return 'it is not signed';
  const { cluster, seq, issued, expires, keyId, entries, signature, ...strange } = value;
  const extra = Object.keys(strange);
  if (extra.length > 0) return `it has fields that no signed registry has: ${extra.slice(0, 5).join(', ')}`;
  const key = publicKeys.find((one) => keyIdOf(one, crypto) === keyId);
  if (key === undefined) {
    const known = publicKeys.map((one) => keyIdOf(one, crypto)).join(', ');
    return `it is signed with the key ${JSON.stringify(keyId)}, which is not trusted here; trusted: ${known}`;
  }
  if (!isSigned({ cluster, seq, issued, expires, keyId, entries }, signature, key, crypto)) {
    return 'its signature does not fit: it was damaged or forged';
  }
  const issuedAt = typeof issued === 'string' ? millisecondsOf(issued) : undefined;
  const expiresAt = typeof expires === 'string' ? millisecondsOf(expires) : undefined;
  const isWhole = Number.isSafeInteger(seq) && issuedAt !== undefined && expiresAt !== undefined;
  if (!isWhole || !Array.isArray(entries)) return 'it lacks seq, issued, expires or entries';
  if (cluster !== label) return `it is about the cluster ${JSON.stringify(cluster)}, not ${JSON.stringify(label)}`;
  if (issuedAt > now + SKEW_MS) return `it was issued at ${String(issued)}, in the future: compare the clocks`;
  if (expiresAt <= now) return `it expired at ${String(expires)}: sign a newer edition`;
  return value as unknown as SignedRegistry;
}

function isSigned(unsigned: object, signature: string, key: Uint8Array, crypto: Crypto): boolean {
  try {
    return crypto.verify(key, signedBytes(unsigned), fromBase64(signature));
  } catch (error) {
    // Neither base64 nor canonical: nobody has signed that.
    if (error instanceof InvalidSetting) return false;
    throw error;
  }
}

function signedBytes(unsigned: object): Uint8Array {
  return bytesFromText(canonicalJson(unsigned));
}
