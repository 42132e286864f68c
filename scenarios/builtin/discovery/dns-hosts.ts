import { dnsServerProgram } from '../../../simulator/services/dns/program.ts';
import { DnsZone } from '../../../simulator/services/dns/zone.ts';
import type { HostSpec } from '../../../simulator/program.ts';
import type { CacheOptions } from '../../../simulator/services/dns/cache.ts';
import type { NodesPlan } from './nodes.ts';

/** What names `ns` and `cache` are to nodes that find each other by the addresses of `peers.test`. */
export const CLUSTER_DNS: Pick<NodesPlan, 'discovery' | 'options'> = {
  discovery: () => ({ service: 'peers.test', refresh_interval_sec: 10 }),
  options: () => ({ nameServers: ['cache'] }),
};

export function peersRecord(name: string): string {
  return `peers.test 10 A @${name}`;
}

/** A zone on `ns` that names these nodes, and a cache between it and everybody. */
export function dnsHosts(names: readonly string[], cache: Partial<CacheOptions> = {}): HostSpec[] {
  const zone = new DnsZone({ origin: 'peers.test', primary: 'ns', records: names.map(peersRecord), absentSeconds: 30 });
  return [
    { name: 'ns', program: dnsServerProgram({ zones: [zone] }), bystander: true },
    { name: 'cache', program: dnsServerProgram({ cache: { upstream: ['ns'], ...cache } }), bystander: true },
  ];
}
