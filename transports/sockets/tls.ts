import {
  checkServerIdentity,
  connect,
  createSecureContext,
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from 'node:tls';
import type { Socket } from 'node:net';
import { InvalidSetting, RollcallError } from '../../core/errors.ts';
import { addressOf, placeOf } from './place.ts';

/** Certificates of this node and of the authority that signs those of all members. */
export interface TlsMaterial {
  /** PEM. */
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Who must have signed the certificates of peers: both sides show one. */
  readonly ca: string | Buffer;
  /** The name that certificates of peers carry; their IP address unless given. */
  readonly serverName?: string;
}

/** TLS on sockets that are there already; both sides show a certificate. */
export interface Security {
  client(raw: Socket, peerHost: string): TLSSocket;
  server(onSecure: (socket: TLSSocket) => void, onFailure: (error: Error, socket: TLSSocket) => void): Server;
}

export function securityFrom(material: TlsMaterial | undefined): Security {
  if (material === undefined) throw new InvalidSetting('tls', undefined, 'given in mode "tls": cert, key and ca');
  const { cert, key, ca, serverName } = material;
  const options: SecureContextOptions = { cert, key, ca, minVersion: 'TLSv1.2' };
  let secureContext;
  try {
    secureContext = createSecureContext(options);
  } catch (error) {
    throw new TlsMaterialInvalid(error as Error);
  }
  const expectedOf = (peerHost: string): string => serverName ?? peerHost;
  return {
    client: (raw, peerHost) =>
      connect({
        socket: raw,
        secureContext,
        // An IP address may not be asked for by name.
        ...(serverName === undefined ? {} : { servername: serverName }),
        checkServerIdentity: (_host, certificate) => checkServerIdentity(expectedOf(peerHost), certificate),
      }),
    server(onSecure, onFailure) {
      const server = createServer({ ...options, requestCert: true, rejectUnauthorized: true });
      server.on('tlsClientError', (error, socket) => onFailure(failureOf(error, socket), socket));
      server.on('secureConnection', (socket) => {
        const wrong = checkServerIdentity(expectedOf(hostOf(socket)), socket.getPeerCertificate());
        if (wrong === undefined) onSecure(socket);
        else onFailure(wrong, socket);
      });
      return server;
    },
  };
}

/** '' when the peer has left already: no certificate is for that. */
function hostOf({ remoteAddress }: TLSSocket): string {
  return remoteAddress === undefined ? '' : placeOf(addressOf(remoteAddress, 0)).host;
}

/** Why the peer's certificate was not believed says more than that the connection is gone. */
function failureOf(error: Error, socket: TLSSocket): Error {
  const reason = socket.authorizationError as unknown;
  return typeof reason === 'string' ? Object.assign(new Error(reason), { code: reason }) : error;
}

class TlsMaterialInvalid extends RollcallError {
  constructor(cause: Error) {
    super(
      'TLS_MATERIAL_INVALID',
      `The certificate, key or authority cannot be used: ${cause.message}. Each must be PEM, and the key the certificate's.`,
      { cause },
    );
  }
}
