import { describe, expect, test } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { InvalidSetting } from '../../core/errors.ts';
import { HASH_BYTES, NONCE_BYTES, SIGN_KEY_BYTES, SIGNATURE_BYTES, TAG_BYTES } from '../../core/ports/crypto.ts';
import type { Crypto } from '../../core/ports/crypto.ts';

/** What every implementation of the Crypto port does. */
export function cryptoContract(name: string, create: () => Crypto): void {
  const plain = Uint8Array.from({ length: 100 }, (_, i) => i);
  const associated = Uint8Array.of(1, 2, 3);
  const key = (bytes: number, fill = 7): Uint8Array => new Uint8Array(bytes).fill(fill);

  describe(`${name} keeps the contract of Crypto`, () => {
    test.each([16, 24, 32])('opens what it sealed with a key of %i bytes', (bytes) => {
      const crypto = create();
      const nonce = crypto.nonce();
      const sealed = crypto.seal(key(bytes), nonce, plain, associated);
      expect(sealed.length).toBe(plain.length + TAG_BYTES);
      expect(crypto.open(key(bytes), nonce, sealed, associated)).toEqual(plain);
    });

    test('seals nothing at all into a tag alone', () => {
      const crypto = create();
      const nonce = crypto.nonce();
      const sealed = crypto.seal(key(16), nonce, new Uint8Array(0), associated);
      expect(sealed.length).toBe(TAG_BYTES);
      expect(crypto.open(key(16), nonce, sealed, associated)).toEqual(new Uint8Array(0));
    });

    test('gives nonces of twelve bytes that do not repeat', () => {
      const crypto = create();
      const nonces = Array.from({ length: 1000 }, () => crypto.nonce());
      expect(nonces.every((nonce) => nonce.length === NONCE_BYTES)).toBe(true);
      expect(new Set(nonces.map((nonce) => nonce.join())).size).toBe(1000);
    });

    test('hides the plain bytes', () => {
      const crypto = create();
      const sealed = crypto.seal(key(16), crypto.nonce(), plain, associated);
      expect(sealed.subarray(0, plain.length)).not.toEqual(plain);
    });

    test('does not open with another key, another nonce or other associated data', () => {
      const crypto = create();
      const nonce = crypto.nonce();
      const sealed = crypto.seal(key(16), nonce, plain, associated);
      expect(crypto.open(key(16, 8), nonce, sealed, associated)).toBeUndefined();
      expect(crypto.open(key(32), nonce, sealed, associated)).toBeUndefined();
      expect(crypto.open(key(16), crypto.nonce(), sealed, associated)).toBeUndefined();
      expect(crypto.open(key(16), nonce, sealed, Uint8Array.of(1, 2, 4))).toBeUndefined();
      expect(crypto.open(key(16), nonce, sealed, new Uint8Array(0))).toBeUndefined();
    });

    test('does not open when any single byte was changed', () => {
      const crypto = create();
      const nonce = crypto.nonce();
      const sealed = crypto.seal(key(16), nonce, plain, associated);
      for (let i = 0; i < sealed.length; i++) {
        const damaged = Uint8Array.from(sealed);
        damaged[i]! ^= 1 << (i % 8);
        expect(crypto.open(key(16), nonce, damaged, associated)).toBeUndefined();
      }
    });

    test('does not open what was cut off or made longer', () => {
      const crypto = create();
      const nonce = crypto.nonce();
      const sealed = crypto.seal(key(16), nonce, plain, associated);
      for (const length of [0, 1, TAG_BYTES - 1, TAG_BYTES, sealed.length - 1]) {
        expect(crypto.open(key(16), nonce, sealed.slice(0, length), associated)).toBeUndefined();
      }
      expect(crypto.open(key(16), nonce, Uint8Array.of(...sealed, 0), associated)).toBeUndefined();
    });

    test('digests equal bytes equally and others otherwise', () => {
      const digests = [plain, plain.slice(0, 99), plain.toReversed(), new Uint8Array(0)].map((bytes) =>
        create().hash(bytes),
      );
      expect(digests.every((digest) => digest.length === HASH_BYTES)).toBe(true);
      expect(new Set(digests.map((digest) => digest.join())).size).toBe(4);
      expect(create().hash(plain.slice())).toEqual(digests[0]);
    });

    test('authenticates bytes under a key', () => {
      const crypto = create();
      const code = crypto.hmac(key(20), plain);
      expect(code.length).toBe(HASH_BYTES);
      expect(create().hmac(key(20), plain.slice())).toEqual(code);
      const others = [crypto.hmac(key(20, 8), plain), crypto.hmac(key(20), associated), crypto.hmac(key(0), plain)];
      for (const other of others) expect(other).not.toEqual(code);
    });

    test('believes a signature of exactly these bytes by exactly this key', () => {
      const crypto = create();
      const publicKey = crypto.publicKey(key(SIGN_KEY_BYTES));
      const signature = crypto.sign(key(SIGN_KEY_BYTES), plain);
      expect([publicKey.length, signature.length]).toEqual([SIGN_KEY_BYTES, SIGNATURE_BYTES]);
      expect(create().verify(publicKey, plain, signature)).toBe(true);
      expect(crypto.verify(publicKey, associated, signature)).toBe(false);
      expect(crypto.verify(crypto.publicKey(key(SIGN_KEY_BYTES, 8)), plain, signature)).toBe(false);
      const damaged = signature.slice();
      damaged[63]! ^= 1;
      expect(crypto.verify(publicKey, plain, damaged)).toBe(false);
    });

    test('does not believe, and does not throw at, keys and signatures of any other shape', () => {
      const crypto = create();
      const publicKey = crypto.publicKey(key(SIGN_KEY_BYTES));
      const signature = crypto.sign(key(SIGN_KEY_BYTES), plain);
      for (const bytes of [0, 31, 33, 64]) {
        expect(crypto.verify(new Uint8Array(bytes), plain, signature)).toBe(false);
        if (bytes !== 64) expect(crypto.verify(publicKey, plain, new Uint8Array(bytes))).toBe(false);
      }
      expect(() => crypto.sign(key(16), plain)).toThrow(InvalidSetting);
    });

    test('signs with an RSA key, and refuses what is none', () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
      const signature = create().signRsa(String(pem), plain);
      expect(signature.length).toBe(256);
      expect(create().signRsa(String(pem), plain)).toEqual(signature);
      expect(create().signRsa(String(pem), associated)).not.toEqual(signature);
      expect(() => create().signRsa('no key', plain)).toThrow(InvalidSetting);
    });

    test('neither keeps nor changes what it was given', () => {
      const crypto = create();
      const given = { key: key(16), nonce: crypto.nonce(), plain: plain.slice(), associated: associated.slice() };
      const before = structuredClone(given);
      const sealed = crypto.seal(given.key, given.nonce, given.plain, given.associated);
      const sealedBefore = sealed.slice();
      expect(given).toEqual(before);
      const opened = crypto.open(given.key, given.nonce, sealed, given.associated)!;
      opened.fill(0);
      given.plain.fill(0);
      expect(sealed).toEqual(sealedBefore);
      expect(crypto.open(given.key, given.nonce, sealed, given.associated)).toEqual(plain);
    });
  });
}
