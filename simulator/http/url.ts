import { isIp } from '../../core/discovery/host-port.ts';
import { InvalidSetting } from '../../core/errors.ts';

export interface Target {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
}

/** Reads the address of a call. Security is not played: `https` differs by its port alone. */
export function targetOf(url: string): Target {
  const [, scheme, bracketed, plain, port, path = '/'] =
    /^(https?):\/\/(?:[^@/]*@)?(?:\[([^\]]+)\]|([^:/?]+))(?::(\d{1,5}))?([/?].*)?$/.exec(url) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || (bracketed !== undefined && !isIp(host))) {
    throw new InvalidSetting('url', url, 'an address that begins with http:// or https://');
  }
  const number = port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port);
  return { host, port: number, path: path.startsWith('/') ? path : `/${path}` };
}
