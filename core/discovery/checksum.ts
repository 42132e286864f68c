import { canonicalAddress } from '../address.ts';
import type { Address } from '../ports/transport.ts';
import { bytesFromText } from '../wire/text.ts';

/** The offset basis, as two words of 32 bits: integers of 64 bits are too slow for thousands of entries. */
const OFFSET = { high: 0xcbf29ce4, low: 0x84222325 } as const;
/** The prime is 2^40 + this. */
const PRIME_LOW = 0x1b3;
const WORD = 0x1_0000_0000;

/**
 * What ties an id to an address in the entries of backends (FNV-1a, 64 bits, 16 hexadecimal digits): an entry whose two
 * halves come from different nodes, or were changed by hand, does not match. It protects from accidents, not from people.
 */
export function addressChecksum(id: string, address: Address): string {
  let { high, low }: { high: number; low: number } = OFFSET;
  for (const byte of bytesFromText(`${id}\0${canonicalAddress(address)}`)) {
    low = (low ^ byte) >>> 0;
    const product = low * PRIME_LOW;
    // What is shifted by 40 bits lands 8 bits up in the high word.
    high = (high * PRIME_LOW + Math.floor(product / WORD) + low * 256) % WORD;
    low = product % WORD;
  }
  return hex(high) + hex(low);
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
