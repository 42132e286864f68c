import { dnsSource } from '../../core/discovery/dns/dns-source.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Resolver } from '../../core/ports/resolver.ts';
import { seededRandom } from '../../core/random.ts';
import { systemClock } from '../../transports/clock.ts';
import { dnsResolver } from '../../transports/dns/resolver.ts';
import type { DnsUnderTest } from './dns.contract.ts';

/** Sources as the contract wants them, whoever resolves for them. */
export function sourcesOn(resolver: Resolver, clock: Clock): DnsUnderTest['source'] {
  return (options) =>
    dnsSource({ port: 7946, refreshIntervalMs: 30_000, records: 'auto', ...options }, resolver, clock, 'blue');
}

/** On real sockets, asking one server of this machine. */
export function sourcesAsking(server: string): DnsUnderTest['source'] {
  const random = seededRandom('contract');
  return sourcesOn(
    dnsResolver({ servers: [server], random, timeoutMs: 1_000, attempts: 1, hostsFile: '/dev/null' }),
    systemClock(),
  );
}
