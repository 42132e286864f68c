import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkSource } from '../../core/discovery/source-table.ts';
import { createSource, SOURCE_TYPES } from '../../core/discovery/source-types.ts';
import type { SourcePorts, SourceTable } from '../../core/discovery/source-type.ts';
import { silentLog } from '../../core/ports/log.ts';
import { seededRandom } from '../../core/random.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeFiles } from '../../transports/files.ts';
import { httpClients } from '../../transports/http/clients.ts';
import { dnsResolver } from '../../transports/dns/resolver.ts';

const docs = join(import.meta.dirname, '../../docs');

/** The least that makes a source of each type, with an entry of its own where it takes one. */
const LEAST: Readonly<Record<string, SourceTable>> = {
  static: { seed_nodes: ['10.0.0.1'] },
  dns: { service: 'peers.test' },
  mdns: { service: '_rollcall._udp' },
  consul: { service_name: 'rollcall' },
  etcd: { endpoints: ['http://127.0.0.1:2379'] },
  kubernetes: { label_selector: 'app=rollcall' },
  aws: { tag_key: 'role', tag_value: 'rollcall' },
  gce: { label_key: 'role', label_value: 'rollcall' },
  azure: { subscription_id: 's', tag_name: 'role', tag_value: 'rollcall' },
  file: { paths: ['/peers'], register_path: '/peers/' },
  registry: { registry_url: 'http://127.0.0.1:7947' },
};

const random = seededRandom('docs');
const ports: SourcePorts = {
  clock: systemClock(),
  random,
  crypto: nodeCrypto(),
  files: nodeFiles(),
  log: silentLog,
  resolver: (servers) => dnsResolver({ random, servers }),
  http: httpClients(),
  environment: {},
  parseYaml: async () => ({}),
};

test('the page on discovery tells every type of source in the order in which they are asked, what it can do, and a page for it', () => {
  const page = readFileSync(join(docs, 'discovery.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z]+)` +\|[^|]*\|([^|]*)\|([^|]*)\|.*\(([a-z/]+\.md)\) +\|$/gm)];
  const told = rows.map(([, type, follows, enters]) => [type, follows!.trim() === 'yes', enters!.trim() === 'yes']);
  const can = SOURCE_TYPES.map((type) => {
    const config = checkSource(type, LEAST[type.type]!, '', (refused) => {
      throw new Error(JSON.stringify(refused));
    });
    const source = createSource(config!, ports, { label: '', dataDir: '' });
    return [type.type, source.watch !== undefined, source.register !== undefined];
  });
  expect(told).toEqual(can);
  for (const [, , , , file] of rows) expect([file, existsSync(join(docs, file!))]).toEqual([file, true]);
});
