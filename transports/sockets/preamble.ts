/**
 * What a connection is for, where datagrams travel on connections too. No stream of memberlist begins with this byte:
 * its kinds are below 20 and its label header is 244. A connection that begins otherwise is a stream.
 */
const MARK = [0xd2, 0x52, 0x43];
const VERSION = 1;
const STREAM = 0;
const DATAGRAMS = 1;

/** Mark, version, purpose, and the port on which the sender listens. */
export const PREAMBLE_BYTES = 7;

export type Purpose = 'stream' | 'datagrams';

export function preamble(purpose: Purpose, port: number): Uint8Array {
  return Uint8Array.of(...MARK, VERSION, purpose === 'stream' ? STREAM : DATAGRAMS, port >> 8, port & 0xff);
}

export type Opening =
  | { readonly purpose: Purpose; readonly port: number; readonly size: number }
  /** It begins like a preamble, but is none that we know. */
  | { readonly purpose: 'unknown' };

const BARE_STREAM: Opening = { purpose: 'stream', port: 0, size: 0 };
const UNKNOWN: Opening = { purpose: 'unknown' };

/** How a connection opens; undefined while that cannot be told. */
export function readOpening(bytes: Uint8Array): Opening | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] !== MARK[0]) return BARE_STREAM;
  for (let i = 1; i < Math.min(MARK.length, bytes.length); i++) if (bytes[i] !== MARK[i]) return UNKNOWN;
  if (bytes.length < PREAMBLE_BYTES) return undefined;
  const port = (bytes[5]! << 8) | bytes[6]!;
  if (bytes[3] !== VERSION || bytes[4]! > DATAGRAMS || port === 0) return UNKNOWN;
  return { purpose: bytes[4] === STREAM ? 'stream' : 'datagrams', port, size: PREAMBLE_BYTES };
}
