import { createSocket, type Socket } from 'node:dgram';
import type { Address } from '../../core/ports/transport.ts';
import { codeOf, countCode, type TransportCounters } from './counters.ts';
import type { DatagramPath, Deliver } from './datagram-path.ts';
import { addressOf, placeOf, type Place } from './place.ts';

/** Binds a UDP socket; rejects with the system's error. */
export function bindUdp(
  place: Place,
  receiveBufferBytes: number,
  counters: TransportCounters,
  deliver: Deliver,
): Promise<DatagramPath> {
  const socket = createSocket({
    type: place.family === 4 ? 'udp4' : 'udp6',
    // Addresses only: nothing is asked of the name service, and `send` sends at once.
    lookup: (host, _options, callback) => callback(null, host, place.family),
  });
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once('error', onError);
    socket.bind({ port: place.port, address: place.host, exclusive: true }, () => {
      socket.off('error', onError);
      counters.receiveBufferBytes = enlargeBuffer(socket, receiveBufferBytes);
      resolve(new UdpPath(socket, place, counters, deliver));
    });
  });
}

class UdpPath implements DatagramPath {
  readonly #socket: Socket;
  readonly #place: Place;
  readonly #counters: TransportCounters;
  #isOpen = true;

  constructor(socket: Socket, place: Place, counters: TransportCounters, deliver: Deliver) {
    this.#socket = socket;
    this.#place = place;
    this.#counters = counters;
    socket.on('error', (error) => this.#fail(codeOf(error)));
    socket.on('message', (bytes, { address, port }) => {
      counters.datagramsReceived += 1;
      counters.datagramBytesReceived += bytes.length;
      deliver(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), addressOf(address, port));
    });
  }

  send(to: Address, bytes: Uint8Array): void {
    const { host, port, family } = placeOf(to);
    if (!this.#isOpen) return;
    if (port === 0) return this.#fail('EINVAL');
    if (family === this.#place.family) return this.#socket.send(bytes, port, host, this.#onSent);
    if (family === 6) return this.#fail('EAFNOSUPPORT');
    this.#socket.send(bytes, port, `::ffff:${host}`, this.#onSent);
  }

  close(): Promise<void> {
    this.#isOpen = false;
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  readonly #onSent = (error: Error | null, bytes: number): void => {
    if (error !== null) return this.#fail(codeOf(error));
    this.#counters.datagramsSent += 1;
    this.#counters.datagramBytesSent += bytes;
  };

  #fail(code: string): void {
    countCode(this.#counters.sendErrors, code);
  }
}

/** Asks for room for `wanted` bytes and returns how many were granted. */
function enlargeBuffer(socket: Socket, wanted: number): number {
  try {
    socket.setRecvBufferSize(wanted);
  } catch {
    // Some systems refuse instead of granting less: then what they give unasked is reported.
  }
  const size = socket.getRecvBufferSize();
  // Linux doubles what it is asked for, to have room for its own bookkeeping, and tells the double.
  return process.platform === 'linux' ? size / 2 : size;
}
