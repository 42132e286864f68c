import { MalformedPacket } from '../errors.ts';

/** Bytes in front of a packet of several messages: the kind and their number. */
export const COMPOUND_HEADER = 2;
/** Bytes for each message in it besides its own: its length. */
export const COMPOUND_PART = 2;

/**
 * Visits the messages of a compound, its kind byte included in `bytes`. A tail that was cut off is left out: what
 * came whole is still worth having.
 */
export function splitCompound(bytes: Uint8Array, visit: (part: Uint8Array) => void): void {
  const count = bytes[1];
  const bodies = COMPOUND_HEADER + COMPOUND_PART * (count ?? 0);
  if (count === undefined || bytes.length < bodies) {
    throw new MalformedPacket('truncated', 'The bytes end inside the header of a compound.');
  }
  let at = bodies;
  for (let i = 0; i < count; i++) {
    const length = (bytes[COMPOUND_HEADER + 2 * i]! << 8) | bytes[COMPOUND_HEADER + 2 * i + 1]!;
    if (at + length > bytes.length) return;
    visit(bytes.subarray(at, at + length));
    at += length;
  }
}
