import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import type { CipherGCMTypes, KeyObject } from 'node:crypto';
import { InvalidSetting } from '../core/errors.ts';
import { NONCE_BYTES, SIGN_KEY_BYTES, TAG_BYTES } from '../core/ports/crypto.ts';
import type { Crypto, Key } from '../core/ports/crypto.ts';

/** AES-GCM with random nonces. A key may seal about 2^32 messages before two nonces are likely to meet. */
export function nodeCrypto(): Crypto {
  return {
    nonce: () => new Uint8Array(randomBytes(NONCE_BYTES)),

    seal(key, nonce, plain, associated) {
      const cipher = createCipheriv(algorithm(key), key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associated);
      const sealed = new Uint8Array(plain.length + TAG_BYTES);
      sealed.set(cipher.update(plain));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plain.length);
      return sealed;
    },

    open(key, nonce, sealed, associated) {
      if (sealed.length < TAG_BYTES || nonce.length !== NONCE_BYTES) return undefined;
      const length = sealed.length - TAG_BYTES;
      const decipher = createDecipheriv(algorithm(key), key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associated);
      decipher.setAuthTag(sealed.subarray(length));
      const plain = new Uint8Array(decipher.update(sealed.subarray(0, length)));
      try {
        decipher.final();
      } catch {
        return undefined;
      }
      return plain;
    },

    hash: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),

    hmac: (key, bytes) => new Uint8Array(createHmac('sha256', key).update(bytes).digest()),

    publicKey(seed) {
      const spki = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
      return new Uint8Array(spki.subarray(spki.length - SIGN_KEY_BYTES));
    },

    sign: (seed, bytes) => new Uint8Array(sign(null, bytes, privateKey(seed))),

    verify(publicKey, bytes, signature) {
      if (publicKey.length !== SIGN_KEY_BYTES) return false;
      try {
        const der = Buffer.concat([PUBLIC_KEY_HEAD, publicKey]);
        return verify(null, bytes, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
      } catch {
        return false;
      }
    },

    signRsa(pem, bytes) {
      let key: KeyObject;
      try {
        key = createPrivateKey(pem);
      } catch {
        throw new InvalidSetting('private key', `${pem.length} characters`, 'an RSA private key in PEM');
      }
      return new Uint8Array(sign('sha256', bytes, key));
    },
  };
}

/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const PRIVATE_KEY_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_KEY_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

function privateKey(seed: Uint8Array): KeyObject {
  if (seed.length !== SIGN_KEY_BYTES)
    throw new InvalidSetting('seed bytes', seed.length, `${SIGN_KEY_BYTES} in number`);
  return createPrivateKey({ key: Buffer.concat([PRIVATE_KEY_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

function algorithm(key: Key): CipherGCMTypes {
  switch (key.length) {
    case 16:
      return 'aes-128-gcm';
    case 24:
      return 'aes-192-gcm';
    case 32:
      return 'aes-256-gcm';
    default:
      throw new InvalidSetting('encryption key bytes', key.length, '16, 24 or 32 in number');
  }
}
