import { createServer as createPlainServer } from 'node:http';
import type { Server as PlainServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { RollcallError } from '../../core/errors.ts';
import type { HttpHandler } from '../../core/ports/http.ts';
import type { Address } from '../../core/ports/transport.ts';
import { bindError } from '../sockets/bind-errors.ts';
import { addressOf, placeOf } from '../sockets/place.ts';
import { requestListener } from './listener.ts';
import type { ListenerOptions } from './listener.ts';

export interface ServeOptions extends ListenerOptions {
  /** Port 0 takes a free one. */
  readonly bind: Address;
  readonly tls?: ServerTls;
  /** From the connection, or the end of the request before, to the end of the headers. */
  readonly headersTimeoutMs?: number;
  /** The same to the end of the request's body. */
  readonly requestTimeoutMs?: number;
  /** Further connections are closed at once. */
  readonly connectionsMax?: number;
}

/** PEM. With `ca`, callers are asked for a certificate; those with one of that authority are `certified`. */
export interface ServerTls {
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
  readonly ca?: string | Uint8Array;
}

export interface HttpServer {
  readonly address: Address;
  /** Accepts nobody from now on; requests that are being answered may take so many milliseconds more. */
  close(graceMs: number): Promise<void>;
}

const DEFAULTS = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  /** Below what a process may have open, so that strangers cannot take every file from it. */
  connectionsMax: 256,
};

interface Timeouts {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
}

/** Serves `handler` on an address of this machine. */
export async function serveHttp(handler: HttpHandler, options: ServeOptions): Promise<HttpServer> {
  const { bind, tls } = options;
  const requestTimeout = options.requestTimeoutMs ?? DEFAULTS.requestTimeoutMs;
  const headersTimeout = Math.min(options.headersTimeoutMs ?? DEFAULTS.headersTimeoutMs, requestTimeout);
  const timeouts: Timeouts = {
    headersTimeout,
    requestTimeout,
    // Node looks for slow requests only so often.
    connectionsCheckingInterval: Math.max(1, headersTimeout / 2),
  };
  const server = tls === undefined ? createPlainServer(timeouts) : secureServer(tls, timeouts);
  server.maxConnections = options.connectionsMax ?? DEFAULTS.connectionsMax;
  server.on('request', requestListener(handler, options));
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listening(server, bind);
  server.on('error', (error) => options.onError?.(error));
  const { address, port } = server.address() as AddressInfo;
  return { address: addressOf(address, port), close: (graceMs) => close(server, sockets, graceMs) };
}

function secureServer({ cert, key, ca }: ServerTls, timeouts: Timeouts): SecureServer {
  // Whoever shows no certificate, or a strange one, may still ask: what for is the handler's decision.
  const asked = ca === undefined ? {} : { ca: Buffer.from(ca), requestCert: true, rejectUnauthorized: false };
  try {
    return createSecureServer({
      ...timeouts,
      ...asked,
      cert: Buffer.from(cert),
      key: Buffer.from(key),
      minVersion: 'TLSv1.2',
      handshakeTimeout: timeouts.headersTimeout,
    });
  } catch (cause) {
    throw new RollcallError(
      'TLS_MATERIAL_INVALID',
      `The certificate, key or authority of the HTTP server cannot be used: ${(cause as Error).message}. Each must be PEM, and the key the certificate's.`,
      { cause },
    );
  }
}

function listening(server: PlainServer | SecureServer, bind: Address): Promise<void> {
  const { host, port } = placeOf(bind);
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(bindError(bind, error));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

/** Not `closeAllConnections`: it does not know of connections that have not finished their TLS handshake. */
function close(server: PlainServer | SecureServer, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs);
    // A connection whose last answer is out must not wait for another request.
    server.keepAliveTimeout = 1;
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}
