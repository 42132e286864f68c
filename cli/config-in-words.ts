import type { NodeConfig, SourceConfig } from '../core/config/node-config.ts';

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
    `It finds peers by ${peersInWords(cluster.discovery.sources)}; ${NOBODY[cluster.discovery.onNoPeers]}.`,
    encryptionInWords(config),
    cluster.dataDir === '' ? 'It remembers nothing: no data_dir.' : `It remembers members in ${cluster.dataDir}.`,
    adminInWords(config),
  ];
}

const NOBODY: Readonly<Record<NodeConfig['cluster']['discovery']['onNoPeers'], string>> = {
  'single-node': 'when none knows anybody, it waits to be found',
  retry: 'when none knows anybody, it asks again',
  fail: 'when none knows anybody, it ends',
};

function peersInWords(sources: readonly SourceConfig[]): string {
  return sources.map(sourceInWords).join(', then ');
}

function sourceInWords(source: SourceConfig): string {
  if (source.type === 'dns') {
    const what = source.service.startsWith('_') ? 'SRV records' : 'addresses';
    return `the ${what} of ${source.service}`;
  }
  return source.seedNodes.length === 0 ? 'no seed nodes' : `the seed nodes ${source.seedNodes.join(', ')}`;
}

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
  return `Admin interface on ${admin.certFile === '' ? 'http' : 'https'}://${admin.bind}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
