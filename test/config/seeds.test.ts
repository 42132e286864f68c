import { describe, expect, test } from 'vitest';
import type { SourceConfig } from '../../core/discovery/source-type.ts';
import { readConfig } from '../../core/config/read.ts';

const sourcesOf = (text: string, environment: Readonly<Record<string, string>> = {}): readonly SourceConfig[] =>
  readConfig({ file: { path: 'f', text }, environment }).config.cluster.discovery.sources;

/** Files as other programs of this kind have them. */
describe('a file reads as it would elsewhere', () => {
  test.each([
    [
      'Consul in a table of its own',
      '[cluster]\ndiscovery = "consul"\n[cluster.consul]\naddr = "127.0.0.1:8500"\nservice_name = "engram"\ntag = "blue"',
      { type: 'consul', addr: '127.0.0.1:8500', serviceName: 'engram', tag: 'blue' },
    ],
    [
      'Kubernetes by its method',
      '[cluster.discovery]\nmethod = "kubernetes"\nnamespace = "prod"\nlabel_selector = "app=engram"',
      { type: 'kubernetes', namespace: 'prod', labelSelector: 'app=engram' },
    ],
    [
      'EC2 by its method',
      '[cluster.discovery]\nmethod = "aws"\nregion = "eu-central-1"\ntag_key = "role"\ntag_value = "engram"',
      { type: 'aws', region: 'eu-central-1', tagKey: 'role', tagValue: 'engram' },
    ],
    [
      'SRV records and how often they are asked for',
      '[cluster.discovery]\ndns_srv = "_engram._tcp.example.org"\ndns_refresh_interval = "30s"',
      { type: 'dns', service: '_engram._tcp.example.org', refreshIntervalMs: 30_000 },
    ],
    [
      'the DNS in a table of its own',
      '[cluster]\nmode = "distributed"\n[cluster.dns]\nservice = "engram.local"\nport = 7000\nrefresh_interval_sec = 5',
      { type: 'dns', service: 'engram.local', port: 7_000, refreshIntervalMs: 5_000 },
    ],
    [
      'seeds',
      '[cluster]\nmode = "distributed"\nlisten_addr = "0.0.0.0:7946"\nseeds = ["a:7946"]',
      { type: 'static', seedNodes: ['a:7946'] },
    ],
    ['seed nodes', '[cluster.static]\nseed_nodes = ["a:7946"]', { type: 'static', seedNodes: ['a:7946'] }],
  ])('%s', (_, text, source) => {
    expect(sourcesOf(text)).toMatchObject([source]);
  });

  test('and so do variables', () => {
    const environment = {
      ROLLCALL_CLUSTER_MODE: 'distributed',
      ROLLCALL_CLUSTER_LISTEN_ADDR: '0.0.0.0:7946',
      ROLLCALL_CLUSTER_DISCOVERY_METHOD: 'kubernetes',
      ROLLCALL_CLUSTER_DISCOVERY_NAMESPACE: 'prod',
      ROLLCALL_CLUSTER_DISCOVERY_LABEL_SELECTOR: 'app=engram',
    };
    const kubernetes = { type: 'kubernetes', namespace: 'prod', labelSelector: 'app=engram' };
    expect(sourcesOf('', environment)).toMatchObject([kubernetes]);
    const text = '[cluster.discovery]\ntype = "static"\nseed_nodes = ["a:1"]';
    expect(sourcesOf(text, environment)).toMatchObject([kubernetes]);
  });

  test.each([
    [
      '[cluster]\ndiscovery = "consul"\n[cluster.dns]\nservice = "a.b"\n[cluster.consul]\nservice_name = "a"',
      'no meaning beside',
    ],
    ['[cluster]\nseeds = ["a:1"]\n[cluster.static]\nseed_nodes = ["b:1"]', 'contradicts'],
  ])('but what contradicts itself is a mistake', (text, words) => {
    expect(() => sourcesOf(text)).toThrow(words);
  });
});
