import { dnsServerProgram } from '../../../simulator/services/dns/program.ts';
import { DnsZone } from '../../../simulator/services/dns/zone.ts';
import type { HostSpec } from '../../../simulator/program.ts';
import type { CacheOptions } from '../../../simulator/services/dns/cache.ts';
import type { Step } from '../schedule.ts';
import type { Micros } from '../../../core/ports/clock.ts';
import type { NodesPlan } from './nodes.ts';

/** What names `ns` and `cache` are to nodes that find each other by the addresses of `peers.test`. */
export const CLUSTER_DNS: Pick<NodesPlan, 'discovery' | 'options'> = {
  discovery: () => ({ service: 'peers.test', refresh_interval_sec: 10 }),
  options: () => ({ nameServers: ['cache'] }),
};

export function peersRecord(name: string): string {
  return `peers.test 10 A @${name}`;
}

export function nameRecord(name: string): string {
  return `${name}.peers.test 10 A @${name}`;
}

/** One host under a name of its own, and as an instance of the service. */
export function serviceRecords(name: string): string[] {
  return [nameRecord(name), `_swim._tcp.peers.test 10 SRV 0 0 7946 ${name}.peers.test`];
}

/** A zone on `ns` with these records, and a cache between it and everybody. */
export function dnsHosts(records: readonly string[], cache: Partial<CacheOptions> = {}): HostSpec[] {
  const zone = new DnsZone({ origin: 'peers.test', primary: 'ns', records, absentSeconds: 30 });
  return [
    { name: 'ns', program: dnsServerProgram({ zones: [zone] }), bystander: true },
    { name: 'cache', program: dnsServerProgram({ cache: { upstream: ['ns'], ...cache } }), bystander: true },
  ];
}

/** The zone takes in a record; that of a host has the address that the host has at that time. */
export function enter(record: string, at: Micros): Step {
  return { kind: 'command', at, hosts: ['ns'], command: 'add', argument: record };
}

/** All that the zone says of peers makes room for what is true at that time. */
export function enterAnew(names: readonly string[], at: Micros): Step[] {
  const removal: Step = { kind: 'command', at, hosts: ['ns'], command: 'remove', argument: 'peers.test A' };
  return [removal, ...names.map((name) => enter(peersRecord(name), at))];
}
