import { plainName } from '../core/dns/names.ts';
import { StubResolver } from '../core/dns/stub-resolver.ts';
import { isIp } from '../core/discovery/host-port.ts';
import type { DnsAnswer, Resolver } from '../core/ports/resolver.ts';
import { ipOf } from './http/server.ts';
import type { Host } from './program.ts';
import { simulatedExchange } from './services/dns/client.ts';

const LIFETIME_MS = 60_000;
/** As machines are set up by custom. */
const TIMEOUT_MS = 2_000;
const ATTEMPTS = 2;

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

/**
 * The resolver of real nodes, over the network of the world. Servers are hosts of the world, or `ip:port`. Names of
 * hosts it knows without asking, as from a hosts file.
 */
export function simulatedResolver(host: Host, servers: readonly string[]): Resolver {
  return new StubResolver({
    exchange: simulatedExchange(host),
    clock: host.clock,
    random: host.random.fork('resolver'),
    service: () => ({
      servers,
      fullNames: (name) => [plainName(name)],
      timeoutMs: TIMEOUT_MS,
      attempts: ATTEMPTS,
      rotate: false,
    }),
    hosts: (name) => {
      const address = host.addressOf(plainName(name));
      return address === undefined ? [] : [ipOf(address)];
    },
  });
}
