import * as kinds from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import type { SourceKey, SourceTable, SourceType, SourceUrl } from '../source-type.ts';
import type { ConsulConfig } from './consul-config.ts';
import { consulSource } from './consul-source.ts';

const KEYS: readonly SourceKey[] = [
  {
    name: 'service_name',
    field: 'serviceName',
    kind: kinds.anyText,
    initial: '',
    says: 'the service whose instances are the peers',
    defines: true,
    required: true,
    aliases: ['cluster.consul.service_name'],
  },
  {
    name: 'addr',
    field: 'addr',
    kind: kinds.httpServer,
    initial: '',
    says: 'the agent of this machine; without it CONSUL_HTTP_ADDR, or 127.0.0.1:8500',
    aliases: ['cluster.consul.addr'],
  },
  {
    name: 'tag',
    field: 'tag',
    kind: kinds.anyText,
    initial: '',
    says: 'only instances that carry it; registered with this node',
    aliases: ['cluster.consul.tag'],
  },
  { name: 'dc', field: 'dc', kind: kinds.anyText, initial: '', says: "a datacenter other than the agent's" },
  { name: 'namespace', field: 'namespace', kind: kinds.anyText, initial: '', says: 'of the service (Enterprise)' },
  {
    name: 'near',
    field: 'near',
    kind: kinds.anyText,
    initial: '',
    says: 'nearest first, seen from a node; _agent for ours',
  },
  {
    name: 'query',
    field: 'query',
    kind: kinds.oneOf(['health', 'catalog']),
    initial: 'health',
    says: 'what is asked; the catalog also names the unhealthy',
  },
  {
    name: 'passing',
    field: 'passing',
    kind: kinds.yesOrNo,
    initial: true,
    says: 'only instances whose checks all pass',
  },
  {
    name: 'consistency',
    field: 'consistency',
    kind: kinds.oneOf(['default', 'stale', 'consistent', 'cached']),
    initial: 'default',
    says: 'who answers: the leader, any server, the leader after asking the others, or the cache of the agent',
  },
  {
    name: 'max_stale_sec',
    field: 'maxStaleMs',
    kind: kinds.seconds(0, 86_400),
    initial: 30,
    says: 'what is older than this adds peers and takes none away',
  },
  {
    name: 'wait_sec',
    field: 'waitMs',
    kind: kinds.seconds(1, 600),
    initial: 55,
    says: 'how long a query may wait for a change',
  },
  {
    name: 'refresh_interval_sec',
    field: 'refreshIntervalMs',
    kind: kinds.seconds(1, 86_400),
    initial: 30,
    says: 'an answer that no waiting query follows up is asked for again after this long',
  },
  {
    name: 'token',
    field: 'token',
    kind: kinds.anyText,
    initial: '',
    says: 'ACL token; without it token_file, CONSUL_HTTP_TOKEN or CONSUL_HTTP_TOKEN_FILE',
    secret: true,
  },
  {
    name: 'token_file',
    field: 'tokenFile',
    kind: kinds.path,
    initial: '',
    says: 'holds the token; read for each query',
  },
  {
    name: 'ca_file',
    field: 'caFile',
    kind: kinds.path,
    initial: '',
    says: 'authority of the agent; without it CONSUL_CACERT',
  },
  {
    name: 'cert_file',
    field: 'certFile',
    kind: kinds.path,
    initial: '',
    says: 'certificate to show; or CONSUL_CLIENT_CERT',
  },
  { name: 'key_file', field: 'keyFile', kind: kinds.path, initial: '', says: 'its private key; or CONSUL_CLIENT_KEY' },
  { name: 'register', field: 'register', kind: kinds.yesOrNo, initial: true, says: 'enter this node as an instance' },
  {
    name: 'check',
    field: 'check',
    kind: kinds.oneOf(['ttl', 'http', 'tcp']),
    initial: 'ttl',
    says: 'how Consul learns that this node lives: it says so itself, its admin interface or its gossip port is asked',
  },
  {
    name: 'check_ttl_sec',
    field: 'checkTtlMs',
    kind: kinds.seconds(3, 86_400),
    initial: 30,
    says: 'silence after which the entry is critical; this node speaks three times as often',
  },
  {
    name: 'check_interval_sec',
    field: 'checkIntervalMs',
    kind: kinds.seconds(1, 3_600),
    initial: 10,
    says: 'between questions of Consul',
  },
  {
    name: 'deregister_after_sec',
    field: 'deregisterAfterMs',
    kind: kinds.seconds(60, 2_592_000),
    initial: 600,
    says: 'a critical entry is taken away after this long; Consul takes no less than a minute',
  },
];

export const consulType: SourceType<ConsulConfig> = {
  type: 'consul',
  keys: KEYS,
  inWords: ({ query, serviceName, tag, passing }) =>
    `the ${query === 'health' && passing ? 'healthy ' : ''}instances of the Consul service ${serviceName}` +
    (tag === '' ? '' : ` with the tag ${tag}`),
  problem: ({ token, tokenFile, certFile, keyFile }) => {
    if (token !== '' && tokenFile !== '') return 'token and token_file are both set: only one can count.';
    if ((certFile === '') !== (keyFile === ''))
      return 'cert_file and key_file belong together: one of them is missing.';
    return undefined;
  },
  urls: { consul: (url) => tableOf(url, ''), 'consul+https': (url) => tableOf(url, 'https://') },
  create: consulSource,
};

/** `consul://[token@]host:port/service?tag=..&dc=..`: what follows the question mark are keys of this type. */
function tableOf({ text, user, hosts, path, query }: SourceUrl, scheme: string): SourceTable {
  const refuse = (allowed: string): never => {
    throw new InvalidSetting('source', user === '' ? text : text.replace(/\/\/[^@]*@/, '//***@'), allowed);
  };
  if (path === '' || path.includes('/') || hosts.length > 1) {
    refuse('consul://host:port/service, such as consul://127.0.0.1:8500/rollcall?tag=blue');
  }
  const table: Record<string, unknown> = { service_name: path };
  if (hosts[0]) table['addr'] = scheme + hosts[0];
  if (user !== '') table['token'] = user;
  for (const [name, value] of Object.entries(query)) {
    const key = KEYS.find((one) => one.name === name && !(name in table));
    if (key === undefined) return refuse(`without the parameter ${name}, which no Consul source has`);
    table[name] = key.kind.read(value);
  }
  return table;
}
