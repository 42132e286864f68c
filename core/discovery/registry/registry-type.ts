import * as kinds from '../../config/kinds.ts';
import type { SourceKey, SourceTable, SourceType, SourceUrl } from '../source-type.ts';
import { documentSource } from './document-source.ts';
import { HEARTBEATS_PER_TTL, TTL_SEC } from './enrolment.ts';
import { registrySource } from './registry-source.ts';

export interface RegistryConfig {
  readonly type: 'registry';
  /** A registry when it ends with a slash or has no path; a file with entries otherwise. */
  readonly url: string;
  readonly register: boolean;
  readonly ttlMs: number;
  readonly refreshIntervalMs: number;
  readonly maxAgeMs: number;
  readonly token: string;
  readonly tokenFile: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly publicKeys: readonly string[];
}

export const registryType: SourceType<RegistryConfig> = {
  type: 'registry',
  keys: [
    {
      name: 'registry_url',
      field: 'url',
      kind: kinds.anyText,
      initial: '',
      says: 'a registry where it ends with a slash or has no path, a file with entries where it goes on',
      defines: true,
      required: true,
    },
    {
      name: 'register',
      field: 'register',
      kind: kinds.yesOrNo,
      initial: true,
      says: 'whether this node enters itself, where the URL is that of a registry',
    },
    {
      name: 'ttl_sec',
      field: 'ttlMs',
      kind: kinds.seconds(TTL_SEC.least, TTL_SEC.most),
      initial: 30,
      says: `how long its entry lives without a heartbeat; ${HEARTBEATS_PER_TTL} are sent in this time`,
    },
    {
      name: 'refresh_interval_sec',
      field: 'refreshIntervalMs',
      kind: kinds.seconds(1, 86_400),
      initial: 30,
      says: 'how often it is asked; a registry tells of changes by itself',
    },
    {
      name: 'max_age_sec',
      field: 'maxAgeMs',
      kind: kinds.seconds(0, 31_536_000),
      initial: 0,
      says: 'entries of a file with an older sign of life are left out; 0 for none',
    },
    { name: 'token', field: 'token', kind: kinds.anyText, initial: '', says: 'bearer token to show', secret: true },
    file('token_file', 'tokenFile', 'a file that holds the token'),
    file('ca_file', 'caFile', 'PEM; who must have signed its certificate, in place of the usual authorities'),
    file('cert_file', 'certFile', 'PEM; what to show to a registry that asks for a certificate'),
    file('key_file', 'keyFile', 'PEM; needed with cert_file'),
    {
      name: 'public_keys',
      field: 'publicKeys',
      kind: kinds.list(kinds.publicKey),
      initial: [],
      says: 'only files that are signed with one of these are believed',
    },
  ],
  inWords: (config) => `${isRegistry(config) ? 'the registry' : 'the entries'} at ${withoutQuery(config.url)}`,
  problem(config) {
    const { url, publicKeys, token, tokenFile, certFile, keyFile } = config;
    if (!/^https?:\/\/[^/?#\s]+/i.test(url)) return 'registry_url must begin with http:// or https://.';
    if (/^[a-z]+:\/\/[^/?#]*@/i.test(url))
      return 'registry_url must not hold a password: token and token_file are for that.';
    if (publicKeys.length > 0 && isRegistry(config)) {
      return 'public_keys belong to a registry_url of a file: what nodes enter themselves is not signed.';
    }
    if (token !== '' && tokenFile !== '') return 'token and token_file are both set: only one can count.';
    if ((certFile === '') !== (keyFile === '')) return 'cert_file and key_file belong together.';
    return undefined;
  },
  urls: { http: fromUrl, https: fromUrl },
  create: (config, ports, context) => {
    if (!isRegistry(config)) return documentSource(config, ports, context);
    return registrySource({ ...config, url: `${config.url.replace(/\/$/, '')}/` }, ports, context);
  },
};

function file(name: string, field: string, says: string): SourceKey {
  return { name, field, kind: kinds.path, initial: '', says };
}

/** As with links: what ends with a slash has things below it. */
function isRegistry({ url }: RegistryConfig): boolean {
  return /^[a-z]+:\/\/([^/?#]*|.*\/)$/i.test(url);
}

function fromUrl({ text }: SourceUrl): SourceTable {
  return { registry_url: text };
}

/** A token in the query is for nobody's eyes. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/, '');
}
