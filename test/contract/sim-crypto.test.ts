import { expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { standInCrypto } from '../../simulator/sim-crypto.ts';
import { cryptoContract } from './crypto.contract.ts';

cryptoContract("the simulator's stand-in", () => standInCrypto(seededRandom('crypto')));

test('the stand-in gives the same bytes for the same seed', () => {
  const sealed = (seed: string): Uint8Array => {
    const crypto = standInCrypto(seededRandom(seed));
    return crypto.seal(new Uint8Array(16), crypto.nonce(), new Uint8Array(20), new Uint8Array(0));
  };
  expect(sealed('a')).toEqual(sealed('a'));
  expect(sealed('a')).not.toEqual(sealed('b'));
});
