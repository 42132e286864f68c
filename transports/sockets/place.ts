import { canonicalAddress, parseAddress } from '../../core/address.ts';
import type { Address } from '../../core/ports/transport.ts';

/** An address as Node's functions take it. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly family: 4 | 6;
}

export function placeOf(address: Address): Place {
  const { port } = parseAddress(address);
  const canonical = canonicalAddress(address);
  const host = canonical.slice(0, canonical.lastIndexOf(':'));
  if (!host.startsWith('[')) return { host, port, family: 4 };
  return { host: host.slice(1, -1), port, family: 6 };
}

/**
 * An address as Rollcall writes it. IPv4 inside IPv6, which is what a dual-stack socket sees, becomes IPv4. The zone of
 * a link-local address (`%eth0`) is dropped: it means nothing to anybody else, so members need other addresses.
 */
export function addressOf(host: string, port: number): Address {
  if (!host.includes(':')) return `${host}:${port}`;
  const zone = host.indexOf('%');
  return canonicalAddress(`[${zone < 0 ? host : host.slice(0, zone)}]:${port}`);
}
