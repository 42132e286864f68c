import { InvalidSetting } from '../errors.ts';
import { canonicalAddress, parseAddress } from '../address.ts';
import type { AdminConfig } from '../config/node-config.ts';
import type { Crypto } from '../ports/crypto.ts';
import type { HttpRequest } from '../ports/http.ts';
import type { Address } from '../ports/transport.ts';
import { bytesFromText } from '../wire/text.ts';
import { AdminRefusal } from './refusal.ts';

/** Throws when a request may not change anything here. Reading is free: whoever may not read must not reach the port. */
export type Guard = (request: HttpRequest) => void;

type Access = Pick<AdminConfig, 'bind' | 'allowChanges' | 'token' | 'caFile'>;

/** Refuses to start with an admin interface that lets strangers change things. */
export function checkAdmin(access: Access): void {
  if (access.allowChanges !== true || isLoopback(access.bind) || hasCredentials(access)) return;
  throw new InvalidSetting(
    'admin.allow_changes',
    true,
    `false or unset on ${access.bind}, which others can reach, unless admin.token or admin.ca_file says who may change things`,
  );
}

export function isLoopback(bind: Address): boolean {
  const address = canonicalAddress(bind);
  return address.startsWith('127.') || address.startsWith('[::1]:');
}

/**
 * Who may change things: with a token or a client authority, whoever shows either, everywhere; with neither, whoever
 * reaches a loopback address and is no web page.
 */
export function guardOf(access: Access, crypto: Crypto): Guard {
  const { token, allowChanges, bind } = access;
  const tokenHash = crypto.hash(bytesFromText(token));
  const local = isLoopback(bind);
  return (request) => {
    if (allowChanges === false) throw forbidden('Changes are switched off by admin.allow_changes.');
    // Browsers say where a page came from that asks for a change; nobody operates a node from a web page.
    if (request.headers['origin'] !== undefined) throw forbidden('Web pages may not change anything here.');
    if (access.caFile !== '' && request.peer.certified) return;
    if (token !== '') return requireToken(request, tokenHash, crypto);
    if (access.caFile !== '') throw forbidden('Show a client certificate that the authority in admin.ca_file signed.');
    // A handler that is mounted into another server, or behind a proxy, may be asked from anywhere.
    if (!local || !/^(127\.|::1$|::ffff:127\.)/i.test(request.peer.address)) {
      throw forbidden('Set admin.token or admin.ca_file, or ask on a loopback address.');
    }
    if (!isPlainHost(request.headers['host'])) {
      throw forbidden('The Host header must be an IP address or localhost. Set admin.token to use other names.');
    }
  };
}

function hasCredentials({ token, caFile }: Access): boolean {
  return token !== '' || caFile !== '';
}

function requireToken({ headers }: HttpRequest, expected: Uint8Array, crypto: Crypto): void {
  const given = /^Bearer +(\S+) *$/i.exec(headers['authorization'] ?? '')?.[1];
  const challenge = { 'www-authenticate': 'Bearer realm="rollcall"' };
  if (given === undefined) {
    throw new AdminRefusal(401, 'UNAUTHORIZED', 'This needs the header `Authorization: Bearer TOKEN`.', challenge);
  }
  // Digests are of equal length, and all of their bytes are looked at: the time taken tells nothing of the token.
  const actual = crypto.hash(bytesFromText(given));
  let difference = 0;
  for (let i = 0; i < expected.length; i++) difference |= expected[i]! ^ actual[i]!;
  if (difference !== 0) throw new AdminRefusal(401, 'UNAUTHORIZED', 'The token is not that of this node.', challenge);
}

function forbidden(message: string): AdminRefusal {
  return new AdminRefusal(403, 'FORBIDDEN', message);
}

/** A page whose name was made to point here still sends its name. Whoever sends no name is no browser. */
function isPlainHost(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (name === 'localhost') return true;
  try {
    parseAddress(`${name}:1`);
    return true;
  } catch {
    return false;
  }
}
