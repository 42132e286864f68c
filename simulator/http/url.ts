import { isIp } from '../../core/discovery/host-port.ts';
import { InvalidSetting } from '../../core/errors.ts';

export interface Target {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  /** What the header `host` says: the host, and the port unless the scheme implies it. */
  readonly authority: string;
}

/** Reads the address of a call. Security is not played: `https` differs by its port alone. */
export function targetOf(url: string): Target {
  const [, scheme, bracketed, plain, port, path = '/'] =
    /^(https?):\/\/(?:[^@/]*@)?(?:\[([^\]]+)\]|([^:/?]+))(?::(\d{1,5}))?([/?].*)?$/.exec(url) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || (bracketed !== undefined && !isIp(host))) {
    throw new InvalidSetting('url', url, 'an address that begins with http:// or https://');
  }
  const implied = scheme === 'https' ? 443 : 80;
  const number = port === undefined ? implied : Number(port);
  const named = bracketed === undefined ? host.toLowerCase() : `[${host}]`;
  const authority = number === implied ? named : `${named}:${number}`;
  return { host, port: number, path: path.startsWith('/') ? path : `/${path}`, authority };
}
