import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { CipherGCMTypes } from 'node:crypto';
import { InvalidSetting } from '../core/errors.ts';
import { NONCE_BYTES, TAG_BYTES } from '../core/ports/crypto.ts';
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
  };
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
