import { isIp } from '../core/discovery/host-port.ts';
import type { DnsAnswer, Resolver } from '../core/ports/resolver.ts';
import { ipOf } from './http/server.ts';
import type { Host } from './program.ts';

const LIFETIME_MS = 60_000;

/** Knows the hosts of the world by their names, like a hosts file that is always right; there is nothing else to know. */
export function hostNamesResolver(host: Host): Resolver {
  const nothing = async (): Promise<DnsAnswer<never>> => ({
    records: [],
    lifetimeMs: LIFETIME_MS,
    complete: true,
    absent: 'no-such-name',
  });
  return {
    async addresses(name) {
      const address = isIp(name) ? `${name}:0` : host.addressOf(name.replace(/\.$/, ''));
      if (address === undefined) return nothing();
      return { records: [ipOf(address)], lifetimeMs: LIFETIME_MS, complete: true };
    },
    services: nothing,
    texts: nothing,
  };
}
