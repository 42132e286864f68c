import { canonicalAddress } from '../address.ts';
import type { Address } from '../ports/transport.ts';
import { bytesFromText } from '../wire/text.ts';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;

/**
 * What ties an id to an address in the entries of backends (FNV-1a, 64 bits, 16 hexadecimal digits): an entry whose two
 * halves come from different nodes, or were changed by hand, does not match. It protects from accidents, not from people.
 */
export function addressChecksum(id: string, address: Address): string {
  let hash = OFFSET;
  for (const byte of bytesFromText(`${id}\0${canonicalAddress(address)}`)) {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  }
  return hash.toString(16).padStart(16, '0');
}
