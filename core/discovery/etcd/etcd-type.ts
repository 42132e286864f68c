import * as kinds from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import { parseHostPort, withPort } from '../host-port.ts';
import type { SourceKey, SourceTable, SourceType, SourceUrl } from '../source-type.ts';
import { EtcdCalls } from './etcd-calls.ts';
import { EtcdClient } from './etcd-client.ts';
import { etcdSource } from './etcd-source.ts';
import { trustedClient } from './etcd-trust.ts';

export interface EtcdConfig {
  readonly type: 'etcd';
  /** `host:port`, with a scheme where it matters. */
  readonly endpoints: readonly string[];
  readonly prefix: string;
  readonly user: string;
  readonly password: string;
  readonly leaseTtlMs: number;
  readonly refreshIntervalMs: number;
  readonly serializable: boolean;
  readonly register: boolean;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

const CLIENT_PORT = 2379;

const KEYS: readonly SourceKey[] = [
  {
    name: 'endpoints',
    field: 'endpoints',
    kind: kinds.list(kinds.httpServer),
    initial: [],
    says: 'members of the etcd cluster; the one that answered last is asked first',
    defines: true,
    required: true,
  },
  {
    name: 'prefix',
    field: 'prefix',
    kind: kinds.textUpTo(512),
    initial: 'rollcall',
    says: 'peers are entered as /prefix/label/id',
  },
  { name: 'user', field: 'user', kind: kinds.anyText, initial: '', says: 'name to log in with' },
  { name: 'password', field: 'password', kind: kinds.anyText, initial: '', says: 'of that user', secret: true },
  {
    name: 'lease_ttl_sec',
    field: 'leaseTtlMs',
    kind: kinds.seconds(5, 600),
    initial: 60,
    says: 'silence after which the entry of this node goes; it speaks three times as often',
  },
  {
    name: 'refresh_interval_sec',
    field: 'refreshIntervalMs',
    kind: kinds.seconds(1, 86_400),
    initial: 60,
    says: 'all is listed again after this long without news',
  },
  {
    name: 'serializable',
    field: 'serializable',
    kind: kinds.yesOrNo,
    initial: false,
    says: 'lists may come from one member, which may lag, also when there is no quorum',
  },
  { name: 'register', field: 'register', kind: kinds.yesOrNo, initial: true, says: 'enter this node' },
  { name: 'ca_file', field: 'caFile', kind: kinds.path, initial: '', says: 'authority of the endpoints' },
  { name: 'cert_file', field: 'certFile', kind: kinds.path, initial: '', says: 'certificate to show' },
  { name: 'key_file', field: 'keyFile', kind: kinds.path, initial: '', says: 'its private key' },
];

export const etcdType: SourceType<EtcdConfig> = {
  type: 'etcd',
  keys: KEYS,
  inWords: ({ endpoints, prefix }) =>
    `the keys below /${prefix.replaceAll(/^\/+|\/+$/g, '')} in etcd at ${endpoints.join(', ')}`,
  problem: ({ user, password, certFile, keyFile }) => {
    if ((user === '') !== (password === '')) return 'user and password belong together: one of them is missing.';
    if ((certFile === '') !== (keyFile === ''))
      return 'cert_file and key_file belong together: one of them is missing.';
    return undefined;
  },
  urls: { etcd: (url) => tableOf(url, 'http'), etcds: (url) => tableOf(url, 'https') },
  create(config, { clock, files, http }, { label }) {
    const { user, password, leaseTtlMs } = config;
    const endpoints = config.endpoints.map(baseOf);
    const calls = new EtcdCalls({ endpoints, user, password }, trustedClient(config, files, http));
    return etcdSource(
      { ...config, label, leaseTtlSec: Math.ceil(leaseTtlMs / 1_000) },
      new EtcdClient(calls, clock),
      clock,
    );
  },
};

/** `http://host:port`, whatever was left open. */
function baseOf(endpoint: string): string {
  const [, scheme = 'http', place = ''] = /^(?:(https?):\/\/)?([^/]*)\/?$/.exec(endpoint) ?? [];
  const { host, port } = parseHostPort(place, CLIENT_PORT);
  return `${scheme}://${withPort(host, port)}`;
}

/** `etcd://user:password@a:2379,b:2379/prefix?lease_ttl_sec=30`: what follows the question mark are keys of this type. */
function tableOf({ text, user, password, hosts, path, query }: SourceUrl, scheme: string): SourceTable {
  const refuse = (allowed: string): never => {
    throw new InvalidSetting('source', text.replace(/\/\/[^@]*@/, '//***@'), allowed);
  };
  if (hosts.length === 0) refuse('etcd://host:port/prefix, such as etcd://10.0.0.1:2379,10.0.0.2:2379/rollcall');
  const table: Record<string, unknown> = { endpoints: hosts.map((host) => `${scheme}://${host}`) };
  if (path !== '') table['prefix'] = path;
  if (user !== '') table['user'] = user;
  if (password !== '') table['password'] = password;
  for (const [name, value] of Object.entries(query)) {
    const key = KEYS.find((one) => one.name === name && !(name in table));
    if (key === undefined) return refuse(`without the parameter ${name}, which no etcd source has`);
    table[name] = key.kind.read(value);
  }
  return table;
}
