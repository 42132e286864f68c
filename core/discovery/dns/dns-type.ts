import * as kinds from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import { DEFAULT_PORT } from '../host-port.ts';
import type { SourceTable, SourceType, SourceUrl } from '../source-type.ts';
import { dnsSource, kindOf } from './dns-source.ts';

export interface DnsConfig {
  readonly type: 'dns';
  readonly service: string;
  /** For plain names, and for SRV records whose port is 0. */
  readonly port: number;
  readonly refreshIntervalMs: number;
  /** `auto`: as the name says; `txt`: texts that name nodes and addresses. */
  readonly records: 'auto' | 'txt';
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
      aliases: ['cluster.discovery.dns_srv'],
    },
    {
      name: 'port',
      field: 'port',
      kind: kinds.whole(1, 65_535),
      initial: DEFAULT_PORT,
      says: 'for addresses, and for SRV records whose port is 0',
    },
    {
      name: 'refresh_interval_sec',
      field: 'refreshIntervalMs',
      kind: kinds.seconds(...REFRESH),
      initial: 30,
      says: 'an answer is asked for again after this long, or sooner when its TTL is shorter',
      aliases: [{ path: 'cluster.discovery.dns_refresh_interval', kind: kinds.duration(...REFRESH) }],
    },
    {
      name: 'servers',
      field: 'servers',
      kind: kinds.list(kinds.nameServer),
      initial: [],
      says: 'name servers to ask, in place of those of the machine',
    },
    {
      name: 'records',
      field: 'records',
      kind: kinds.oneOf(['auto', 'txt']),
      initial: 'auto',
      says: 'auto: SRV or addresses, as the name says; txt: texts such as `node=a addr=10.0.0.7:7946`',
    },
  ],
  inWords: ({ service, records }) => `the ${RECORDS[kindOf(service, records)]} of ${service}`,
  urls: {
    dns: (url) => tableOf(url, 'auto'),
    srv: (url) => tableOf(url, 'auto'),
    txt: (url) => tableOf(url, 'txt'),
  },
  create: (config, { clock, resolver }, { label }) => dnsSource(config, resolver(config.servers), clock, label),
};

const RECORDS = { addresses: 'addresses', services: 'SRV records', texts: 'TXT records' } as const;

/** `srv:NAME`, `dns://NAME:PORT`, and with name servers `dns://10.0.0.1:53/NAME` (RFC 4501). */
function tableOf({ hosts, path, query, text, scheme }: SourceUrl, records: DnsConfig['records']): SourceTable {
  const isPlaced = path === '' && hosts.length === 1;
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(isPlaced ? hosts[0]! : path) ?? [];
  if (name === '' || (scheme === 'srv' && !name.startsWith('_'))) {
    throw new InvalidSetting('a source', text, `${scheme}:NAME, such as ${EXAMPLES[scheme]}`);
  }
  return {
    service: name,
    records,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(isPlaced || hosts.length === 0 ? {} : { servers: hosts }),
    ...query,
  };
}

const EXAMPLES: Readonly<Record<string, string>> = {
  dns: 'dns:rollcall.example.org',
  srv: 'srv:_rollcall._tcp.example.org',
  txt: 'txt:nodes.example.org',
};
