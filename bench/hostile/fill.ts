import { connect } from 'node:net';
import type { Address } from '../../core/ports/transport.ts';
import { Kind } from '../../core/wire/messages.ts';
import { placeOf } from '../../transports/sockets/place.ts';

export interface FillOrder {
  readonly address: Address;
  readonly atOnce: number;
  readonly seconds: number;
}

export interface Filled {
  readonly streams: number;
  /** Handed to the kernel. */
  readonly bytes: number;
}

/** As long as a message may be … */
const LENGTH = 19 * 1024 * 1024;
/** … and all of it but the end, in pieces. */
const PIECE = new Uint8Array(64 * 1024);
const PIECES = LENGTH / PIECE.length;
const HEAD = [Kind.user, 0x81, 0xaa, ...Buffer.from('UserMsgLen'), 0xce, LENGTH >>> 24, (LENGTH >> 16) & 255, 0, 0];

/** Opens streams that send as much as one message may have, and never its end; a stream that is cut is followed by another. */
export async function fill({ address, atOnce, seconds }: FillOrder): Promise<Filled> {
  const { host, port } = placeOf(address);
  const end = performance.now() + 1_000 * seconds;
  let [streams, bytes] = [0, 0];
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      streams += 1;
      let left = PIECES;
      const socket = connect({ host, port }, () => {
        socket.write(Uint8Array.from(HEAD));
        write();
      });
      const write = (): void => {
        for (; left > 1; left--) {
          if (performance.now() > end) return void socket.destroy();
          if (!socket.write(PIECE)) return;
        }
      };
      socket
        .on('drain', write)
        .on('error', () => {})
        .resume();
      socket.on('close', () => {
        bytes += socket.bytesWritten;
        resolve();
      });
    });
  const keepFilling = async (): Promise<void> => {
    while (performance.now() < end) await one();
  };
  await Promise.all(Array.from({ length: atOnce }, keepFilling));
  return { streams, bytes };
}
