import * as kinds from '../../config/kinds.ts';
import { DEFAULT_PORT } from '../host-port.ts';
import type { SourceType } from '../source-type.ts';
import { dnsSource } from './dns-source.ts';

export interface DnsConfig {
  readonly type: 'dns';
  /** SRV when it begins with an underscore, addresses otherwise. */
  readonly service: string;
  /** For plain names, and for SRV records whose port is 0. */
  readonly port: number;
  readonly refreshIntervalMs: number;
  /** `ip:port` of name servers; empty for those of `/etc/resolv.conf`. */
  readonly servers: readonly string[];
}

const REFRESH = [1, 86_400] as const;

export const dnsType: SourceType<DnsConfig> = {
  type: 'dns',
  keys: [
    {
      name: 'service',
      field: 'service',
      kind: kinds.domainName,
      initial: '',
      says: 'SRV records when it begins with an underscore, addresses otherwise',
      defines: true,
      required: true,
      aliases: ['cluster.dns.service', 'cluster.discovery.dns_srv'],
    },
    {
      name: 'port',
      field: 'port',
      kind: kinds.whole(1, 65_535),
      initial: DEFAULT_PORT,
      says: 'for addresses, and for SRV records whose port is 0',
      aliases: ['cluster.dns.port'],
    },
    {
      name: 'refresh_interval_sec',
      field: 'refreshIntervalMs',
      kind: kinds.seconds(...REFRESH),
      initial: 30,
      says: 'an answer is asked for again after this long, or sooner when its TTL is shorter',
      aliases: [
        'cluster.dns.refresh_interval_sec',
        { path: 'cluster.discovery.dns_refresh_interval', kind: kinds.duration(...REFRESH) },
      ],
    },
    {
      name: 'servers',
      field: 'servers',
      kind: kinds.list(kinds.nameServer),
      initial: [],
      says: 'name servers to ask, in place of those of the machine',
      aliases: ['cluster.dns.servers'],
    },
  ],
  inWords: ({ service }) => `the ${service.startsWith('_') ? 'SRV records' : 'addresses'} of ${service}`,
  create: (config, { resolver }) => dnsSource(config, resolver(config.servers)),
};
