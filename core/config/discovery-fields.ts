import { parse } from 'smol-toml';
import { DEFAULT_PORT } from '../discovery/static-source.ts';
import { field, type Field } from './field.ts';
import * as kinds from './kinds.ts';
import type { Kind } from './kinds.ts';
import type { SourceConfig } from './node-config.ts';

export const DISCOVERY = 'cluster.discovery';

export type SourceType = SourceConfig['type'];
const SOURCE_TYPES: readonly SourceType[] = ['static', 'dns'];

/** Ways of finding peers that are known, but not in this version. */
const LATER = ['consul', 'etcd', 'kubernetes', 'aws', 'gcp', 'azure', 'mdns', 'multicast', 'registry', 'file'];

const oneType = kinds.oneOf(SOURCE_TYPES);
const sourceType: Kind = {
  ...oneType,
  check: (value, refuse) =>
    oneType.check(value, ({ allowed }) => {
      const isLater = typeof value === 'string' && LATER.includes(value);
      const later = isLater ? `: ${value} is not available in this version` : '';
      return refuse({ value, allowed: allowed + later });
    }),
};

/** A key of a source, and the type of source that has it. */
export interface SourceKey {
  readonly name: string;
  readonly type: SourceType;
  /** Without it there is no such source. */
  readonly defines: boolean;
  readonly kind: Kind;
  readonly initial: unknown;
  readonly says: string;
  readonly aliases: readonly (string | { readonly path: string; readonly kind: Kind })[];
}

const REFRESH = [1, 86_400] as const;

export const SOURCE_KEYS: readonly SourceKey[] = [
  {
    name: 'seed_nodes',
    type: 'static',
    defines: true,
    kind: kinds.list(kinds.peer),
    initial: [],
    says: `where peers may be; without a port, ${DEFAULT_PORT} is meant`,
    aliases: ['cluster.seeds', 'cluster.static.seed_nodes'],
  },
  {
    name: 'service',
    type: 'dns',
    defines: true,
    kind: kinds.domainName,
    initial: '',
    says: 'SRV records when it begins with an underscore, addresses otherwise',
    aliases: ['cluster.dns.service', 'cluster.discovery.dns_srv'],
  },
  {
    name: 'port',
    type: 'dns',
    defines: false,
    kind: kinds.whole(1, 65_535),
    initial: DEFAULT_PORT,
    says: 'for addresses, and for SRV records whose port is 0',
    aliases: ['cluster.dns.port'],
  },
  {
    name: 'refresh_interval_sec',
    type: 'dns',
    defines: false,
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
    type: 'dns',
    defines: false,
    kind: kinds.list(kinds.nameServer),
    initial: [],
    says: 'name servers to ask, in place of those of the machine',
    aliases: ['cluster.dns.servers'],
  },
];

/** A whole chain: each entry has its `type` and the keys of that type. */
const sourceList: Kind = {
  allowed: 'a list of tables, each with a type',
  check(value, refuse) {
    if (!Array.isArray(value) || value.length === 0) return refuse({ value, allowed: this.allowed });
    return value.map((entry, i) => checkEntry(entry, `[${i}]`, refuse));
  },
  read(text) {
    try {
      return parse(`sources = ${text}`)['sources'];
    } catch {
      return text;
    }
  },
  show: (kept) => (kept as readonly SourceConfig[]).map(sourceAsToml),
};

function checkEntry(entry: unknown, at: string, refuse: kinds.Refuse): unknown {
  if (!kinds.isTable(entry)) return refuse({ value: entry, allowed: 'a table with a type', at });
  const type = sourceType.check(entry['type'], (refused) => refuse({ ...refused, at: `${at}.type` })) as
    | SourceType
    | undefined;
  if (type === undefined) return undefined;
  const keys = SOURCE_KEYS.filter((key) => key.type === type);
  const source = new Map<string, unknown>();
  for (const [name, value] of Object.entries(entry)) {
    const known = keys.find((key) => key.name === name);
    const inside = `${at}.${kinds.keyName(name)}`;
    if (known !== undefined)
      source.set(
        name,
        known.kind.check(value, (refused) => refuse({ ...refused, at: inside + (refused.at ?? '') })),
      );
    else if (name !== 'type') {
      const names = kinds.inWords(['type', ...keys.map((key) => key.name)], 'or');
      refuse({ value, allowed: `absent: a source of type ${type} has no such key, only ${names}`, at: inside });
    }
  }
  if (type === 'dns' && (source.get('service') ?? '') === '') {
    refuse({ value: undefined, allowed: 'given for a source of type dns', at: `${at}.service` });
  }
  return sourceOf(type, (name) => source.get(name));
}

/** `said` knows checked values by the names of the keys. */
export function sourceOf(type: SourceType, said: (name: string) => unknown): SourceConfig {
  const value = <T>({ name, kind, initial }: SourceKey): T => (said(name) ?? kind.check(initial, () => undefined)) as T;
  const [seedNodes, service, port, refresh, servers] = SOURCE_KEYS as [
    SourceKey,
    SourceKey,
    SourceKey,
    SourceKey,
    SourceKey,
  ];
  if (type === 'static') return { type, seedNodes: value(seedNodes) };
  return {
    type,
    service: value(service),
    port: value(port),
    refreshIntervalMs: value(refresh),
    servers: value(servers),
  };
}

export function sourceAsToml(source: SourceConfig): Readonly<Record<string, unknown>> {
  if (source.type === 'static') return { type: source.type, seed_nodes: source.seedNodes };
  const { type, service, port, refreshIntervalMs, servers } = source;
  return { type, service, port, refresh_interval_sec: refreshIntervalMs / 1000, servers };
}

export const DISCOVERY_FIELDS: readonly Field[] = [
  field(`${DISCOVERY}.type`, sourceType, undefined, 'the one source to ask; without it, all that are told anything', {
    aliases: [{ path: DISCOVERY, kind: sourceType }, `${DISCOVERY}.method`],
    reloadable: true,
  }),
  ...SOURCE_KEYS.map(({ name, type, kind, initial, says, aliases }) => {
    return field(`${DISCOVERY}.${name}`, kind, initial, `${type}: ${says}`, { aliases, reloadable: true });
  }),
  field(`${DISCOVERY}.sources`, sourceList, undefined, 'several sources in their order, in place of the keys above', {
    reloadable: true,
  }),
  field(
    `${DISCOVERY}.on_no_peers`,
    kinds.oneOf(['single-node', 'retry', 'fail']),
    'single-node',
    'what to do when every source has answered and none knows anybody',
  ),
  field(`${DISCOVERY}.join_target`, kinds.whole(1, 64), 3, 'contacts to join before start-up is done'),
];
