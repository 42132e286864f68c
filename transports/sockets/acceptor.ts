import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import type { Clock, Micros, Timer } from '../../core/ports/clock.ts';
import { Connection, type Connections, resetSocket } from './connection.ts';
import { codeOf, countCode, type TransportCounters } from './counters.ts';
import type { Place } from './place.ts';
import type { Security } from './tls.ts';

export interface AcceptorParts {
  readonly clock: Clock;
  readonly connections: Connections;
  readonly counters: TransportCounters;
  readonly security: Security | undefined;
  /** Bounds a handshake. */
  readonly deadline: Micros;
  /** Accepted connections that may be open at once, those that were released apart. */
  readonly streamsMax: number;
  onConnection(connection: Connection, peerHost: string, peerPort: number): void;
}

/** The listening socket: what it hands out is safe to talk on. */
export class Acceptor {
  readonly #parts: AcceptorParts;
  readonly #server: TcpServer;
  readonly #tls: TlsServer | undefined;
  readonly #held = new Set<Socket>();
  readonly #handshakes = new Map<string, Handshake>();

  constructor(parts: AcceptorParts) {
    this.#parts = parts;
    this.#server = createServer({ noDelay: true }, (raw) => this.#onAccept(raw));
    this.#tls = parts.security?.server(
      (socket) => this.#onSecure(socket),
      (error, socket) => {
        countCode(parts.counters.tlsFailures, codeOf(error));
        socket.destroy();
      },
    );
  }

  /** Resolves with the port; rejects with the system's error. */
  listen(place: Place): Promise<number> {
    return new Promise((resolve, reject) => {
      // There may have been a try before, at another port.
      this.#server.off('error', this.#onTrouble);
      this.#server.once('error', reject);
      this.#server.listen({ host: place.host, port: place.port, exclusive: true }, () => {
        this.#server.off('error', reject);
        // After this the system has only passing trouble to tell, such as too many open files.
        this.#server.on('error', this.#onTrouble);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  readonly #onTrouble = (error: Error): void => countCode(this.#parts.counters.acceptErrors, codeOf(error));

  /** This connection counts as a stream no longer. */
  release(connection: Connection): void {
    this.#held.delete(connection.raw);
  }

  /** Accepts nothing more; resolves when all that was accepted is closed. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #onAccept(raw: Socket): void {
    const { clock, connections, counters, deadline, streamsMax, onConnection } = this.#parts;
    connections.add(raw);
    const { remoteAddress: host, remotePort: port } = raw;
    // A peer that is gone already has no address any more.
    if (host === undefined || port === undefined) return void raw.destroy();
    if (this.#held.size >= streamsMax) {
      counters.streamsRefused += 1;
      return resetSocket(raw);
    }
    this.#held.add(raw);
    raw.once('close', () => this.#held.delete(raw));
    if (this.#tls === undefined) return onConnection(new Connection(raw, raw), host, port);
    const key = keyOf(raw);
    const timer = clock.after(deadline, () => {
      counters.streamTimeouts += 1;
      raw.destroy();
    });
    const handshake = { raw, timer, host, port };
    this.#handshakes.set(key, handshake);
    raw.on('error', () => {});
    raw.once('close', () => {
      clock.cancel(timer);
      // Whoever was reset may be back from the same port before this one is closed.
      if (this.#handshakes.get(key) === handshake) this.#handshakes.delete(key);
    });
    this.#tls.emit('connection', raw);
  }

  #onSecure(socket: TLSSocket): void {
    const handshake = this.#take(keyOf(socket));
    if (handshake === undefined) return void socket.destroy();
    this.#parts.onConnection(new Connection(handshake.raw, socket), handshake.host, handshake.port);
  }

  /** The server tells which socket is secure now, but not which one that was before. */
  #take(key: string): Handshake | undefined {
    const handshake = this.#handshakes.get(key);
    if (handshake === undefined) return undefined;
    this.#handshakes.delete(key);
    this.#parts.clock.cancel(handshake.timer);
    return handshake;
  }
}

interface Handshake {
  readonly raw: Socket;
  readonly timer: Timer;
  readonly host: string;
  readonly port: number;
}

function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
