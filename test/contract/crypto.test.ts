import { expect, test } from 'vitest';
import { InvalidSetting } from '../../core/errors.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { cryptoContract } from './crypto.contract.ts';

cryptoContract('nodeCrypto', nodeCrypto);

test('nodeCrypto refuses a key of the wrong length and says which are right', () => {
  const crypto = nodeCrypto();
  const seal = (): Uint8Array => crypto.seal(new Uint8Array(15), crypto.nonce(), new Uint8Array(1), new Uint8Array(0));
  expect(seal).toThrow(InvalidSetting);
  expect(seal).toThrow('16, 24 or 32');
});

test('nodeCrypto is AES-GCM: it agrees with a published test vector', () => {
  // Test case 2 of the GCM specification: a zero key, a zero nonce and one zero block.
  const sealed = nodeCrypto().seal(new Uint8Array(16), new Uint8Array(12), new Uint8Array(16), new Uint8Array(0));
  expect(Buffer.from(sealed).toString('hex')).toBe('0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf');
});
