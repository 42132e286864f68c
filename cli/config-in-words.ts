import { isLoopback } from '../core/admin/access.ts';
import type { StaticConfig } from '../core/discovery/static/static-type.ts';
import { sourceType } from '../core/discovery/source-types.ts';
import type { AdminConfig, DiscoveryConfig, NodeConfig } from '../core/config/node-config.ts';

/** What a configuration means, a sentence per line. */
export function configInWords(config: NodeConfig): string[] {
  const { cluster } = config;
  if (!cluster.enabled) return ['A single node: it opens no cluster sockets.', adminInWords(config)];
  const name = cluster.nodeId === '' ? 'that names itself' : `"${cluster.nodeId}"`;
  const { mode, swimBind, advertiseAddr } = cluster.network;
  const label = cluster.label === '' ? '' : `, under the label "${cluster.label}"`;
  const known = advertiseAddr === '' ? '' : `, known to others at ${advertiseAddr}`;
  return [
    `A cluster node ${name} on ${swimBind} over ${mode.toUpperCase()}${known}${label}.`,
    peersInWords(cluster.discovery),
    encryptionInWords(config),
    cluster.dataDir === '' ? 'It remembers nothing: no data_dir.' : `It remembers members in ${cluster.dataDir}.`,
    adminInWords(config),
  ];
}

const ALONE: Readonly<Record<DiscoveryConfig['onNoPeers'], string>> = {
  'single-node': 'waits to be found',
  retry: 'asks again',
  fail: 'ends',
};

function peersInWords({ sources, mode, onNoPeers, expect }: DiscoveryConfig): string {
  const asked = sources.filter((source) => source.type !== 'static' || (source as StaticConfig).seedNodes.length > 0);
  if (asked.length === 0) return `It has nobody to ask for peers: it ${ALONE[onNoPeers]}.`;
  const ways = asked.map((source) => sourceType(source.type)!.inWords(source)).join(BETWEEN[mode]);
  const ready = expect > 1 ? ` It is ready when ${expect} members are there, itself included.` : '';
  return `It finds peers by ${ways}; when there are none, it ${ALONE[onNoPeers]}.${ready}`;
}

const BETWEEN: Readonly<Record<DiscoveryConfig['mode'], string>> = {
  first: ', then ',
  race: ', or, if that answers sooner, ',
  union: ', and also ',
};

function encryptionInWords({ cluster: { encryption, dataDir, network } }: NodeConfig): string {
  const { keys, keyringFile } = encryption;
  const file = keyringFile !== '' ? keyringFile : dataDir === '' ? '' : `${dataDir}/keyring.json`;
  const unless = file === '' ? '' : ` unless ${file} has ${keys.length === 0 ? 'keys' : 'others'}`;
  const plain = network.mode === 'tls' ? 'Messages are encrypted by TLS alone' : 'Messages are not encrypted';
  return keys.length === 0
    ? `${plain}${unless}.`
    : `Messages are encrypted with ${count(keys.length, 'key')}${unless}.`;
}

function adminInWords({ admin }: NodeConfig): string {
  if (!admin.enabled) return 'No admin interface.';
  const readers = isLoopback(admin.bind) ? 'whoever is on this machine can read' : 'others can read';
  return `Admin interface on ${admin.certFile === '' ? 'http' : 'https'}://${admin.bind}: ${readers}${changesInWords(admin)}.`;
}

function changesInWords({ bind, allowChanges, token, tokenFile, caFile }: AdminConfig): string {
  if (allowChanges === false) return '; changes are refused: allow_changes is false';
  const hasToken = token !== '' || tokenFile !== '';
  if (hasToken && caFile !== '') return '; changes need the token or a client certificate';
  if (hasToken) return '; changes need the token';
  if (caFile !== '') return '; changes need a client certificate';
  return isLoopback(bind) ? ' and change things' : '; changes are refused: no token';
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
