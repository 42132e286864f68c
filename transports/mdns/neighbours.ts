import { BlockList, isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** Whose packets are heard. */
export type IsNeighbour = (from: { readonly address: string; readonly port: number }) => boolean;

/**
 * Who is on the same link as an interface with these addresses. Whoever is not must not be heard (RFC 6762, section
 * 11): port 5353 is open to all the network, and answers to strangers would be a gift to those who forge addresses.
 */
export function neighboursOf(addresses: readonly NetworkInterfaceInfo[]): IsNeighbour {
  const near = new BlockList();
  near.addSubnet('169.254.0.0', 16, 'ipv4');
  near.addSubnet('fe80::', 10, 'ipv6');
  for (const { address, cidr } of addresses) {
    const bits = Number(cidr?.split('/')[1] ?? Number.NaN);
    if (Number.isInteger(bits)) near.addSubnet(withoutZone(address), bits, familyOf(address));
  }
  // Nobody can be answered at port 0, which systems deliver all the same.
  return ({ address, port }) => port !== 0 && near.check(withoutZone(address), familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
