import { connect, type TcpSocketConnectOpts } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isWildcard } from '../../core/address.ts';
import type { Address } from '../../core/ports/transport.ts';
import { Connection, type Connections } from './connection.ts';
import { codeOf, countCode, type TransportCounters } from './counters.ts';
import { placeOf, type Place } from './place.ts';
import type { Security } from './tls.ts';

/** Opens connections from the bound address, so that peers see the one that they know. */
export class Dialer {
  readonly #bound: Place;
  readonly #connections: Connections;
  readonly #counters: TransportCounters;
  readonly #security: Security | undefined;

  constructor(bound: Place, connections: Connections, counters: TransportCounters, security: Security | undefined) {
    this.#bound = bound;
    this.#connections = connections;
    this.#counters = counters;
    this.#security = security;
  }

  dial(to: Address): Connection {
    const { host, port, family } = placeOf(to);
    const options: TcpSocketConnectOpts = { host, port, noDelay: true };
    if (!isWildcard(this.#bound.host) && family === this.#bound.family) options.localAddress = this.#bound.host;
    const raw = connect(options);
    this.#connections.add(raw);
    if (this.#security === undefined) return new Connection(raw, raw, 'connect');
    const socket = this.#security.client(raw, host);
    raw.once('connect', () => this.#watchHandshake(socket));
    return new Connection(raw, socket, 'secureConnect');
  }

  #watchHandshake(socket: TLSSocket): void {
    const { tlsFailures } = this.#counters;
    const onError = (error: Error): void => countCode(tlsFailures, codeOf(error));
    const onEnd = (): void => countCode(tlsFailures, 'ECONNRESET');
    socket.once('error', onError).once('end', onEnd);
    socket.once('secureConnect', () => socket.off('error', onError).off('end', onEnd));
  }
}
