import { Compressor } from '../../core/wire/compress.ts';
import { FieldReader } from '../../core/wire/fields.ts';
import { DATAGRAM_BYTES } from '../../core/wire/limits.ts';
import { Kind } from '../../core/wire/messages.ts';
import { open } from '../../core/wire/seal.ts';
import { nodeCrypto } from '../../transports/crypto.ts';

export type Wrapping = 'sealed 0' | 'sealed 1' | 'checksum' | 'compressed' | 'compound';

export interface Peeled {
  /** From the outside in. */
  readonly wrappings: readonly Wrapping[];
  /** How many messages the innermost wrapping claims to hold. */
  readonly messages: number;
}

/** How a datagram was wrapped, found out by another way than the codec's own. */
export function peel(datagram: Uint8Array, keys: readonly Uint8Array[]): Peeled {
  const opened = open(nodeCrypto(), keys, datagram, new Uint8Array(0));
  if (opened !== undefined) return inside(datagram[0] === 0 ? 'sealed 0' : 'sealed 1', opened.plain);
  switch (datagram[0]) {
    case Kind.checksum:
      return inside('checksum', datagram.subarray(5));
    case Kind.compress:
      return inside('compressed', new Compressor().unwrap(new FieldReader().read(datagram, 1), DATAGRAM_BYTES));
    case Kind.compound:
      return { wrappings: ['compound'], messages: datagram[1]! };
    default:
      return { wrappings: [], messages: 1 };
  }
}

function inside(wrapping: Wrapping, content: Uint8Array): Peeled {
  const { wrappings, messages } = peel(content, []);
  return { wrappings: [wrapping, ...wrappings], messages };
}
