import { seededRandom } from '../../core/random.ts';
import type { Address } from '../../core/ports/transport.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { bindTransport } from '../../transports/sockets/bind.ts';
import type { BoundTransport } from '../../transports/sockets/socket-transport.ts';
import type { Seat } from './seat.ts';

/**
 * This process has a corner of 127.0.0.0/8 of its own, so that the port of a killed node stays free for its next life.
 */
export const OWN_HOST = `127.${1 + (process.pid >>> 16)}.${(process.pid >>> 8) & 255}.${process.pid & 255}`;

export interface SocketSeat extends Seat {
  close(): Promise<void>;
}

/** Seats on real sockets of this machine, each with a clock of its own, as nodes of one process have. */
export function socketSeats(names: readonly string[]): Promise<SocketSeat[]> {
  return Promise.all(names.map(seatAt));
}

async function seatAt(name: string): Promise<SocketSeat> {
  const clock = systemClock();
  const crypto = nodeCrypto();
  const bind = (address: Address): Promise<BoundTransport> => bindTransport({ bind: address, mode: 'udp', clock });
  // Bound once to learn a free port; the first life takes over what is bound.
  let bound: BoundTransport | undefined = await bind(`${OWN_HOST}:0`);
  const { address } = bound;
  let closing: Promise<void> = Promise.resolve();
  let isFirst = true;
  let lives = 0;
  return {
    name,
    address,
    open(ready) {
      const take = async (): Promise<void> => {
        await closing;
        if (!isFirst) bound = await bind(address);
        isFirst = false;
        lives += 1;
        ready({ clock, crypto, random: seededRandom(`${name} ${process.pid} ${lives}`), transport: bound! });
      };
      void take();
    },
    close() {
      closing = bound?.close() ?? closing;
      bound = undefined;
      return closing;
    },
  };
}
