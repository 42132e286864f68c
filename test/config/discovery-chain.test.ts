import { describe, expect, test } from 'vitest';
import type { DnsConfig } from '../../core/discovery/dns/dns-type.ts';
import type { SourceConfig } from '../../core/discovery/source-type.ts';
import type { StaticConfig } from '../../core/discovery/static/static-type.ts';
import { readConfig, type ConfigInput } from '../../core/config/read.ts';

const chain = (text: string, more: Partial<ConfigInput> = {}): readonly SourceConfig[] =>
  readConfig({ file: { path: 'rollcall.toml', text }, environment: {}, ...more }).config.cluster.discovery.sources;

const join = { flags: [{ flag: '--join', path: 'cluster.discovery.seed_nodes', value: ['a:1'] }] };
const seeds = (...seedNodes: string[]): StaticConfig => ({ type: 'static', seedNodes });
const dns = (service: string): DnsConfig => {
  return { type: 'dns', service, port: 7946, refreshIntervalMs: 30_000, servers: [], records: 'auto' };
};

describe('the chain is', () => {
  test.each([
    ['the one source that is named', '[cluster.discovery]\ntype = "dns"\nservice = "x.org"', dns('x.org')],
    [
      'the one that is named in the older way',
      '[cluster]\ndiscovery = "dns"\n[cluster.dns]\nservice = "x.org"',
      dns('x.org'),
    ],
    ['the one that is told anything', '[cluster.dns]\nservice = "x.org"', dns('x.org')],
    ['one without seeds, when nothing is told', '', seeds()],
  ])('%s', (_, text, source) => {
    expect(chain(text)).toEqual([source]);
  });

  test('seed nodes and then the DNS, when both are told something', () => {
    expect(chain('[cluster]\nseeds = ["a:1"]\n[cluster.dns]\nservice = "x.org"')).toEqual([seeds('a:1'), dns('x.org')]);
  });

  test('what is spelled out, in its order', () => {
    const text =
      'cluster.discovery.sources = [{ type = "dns", service = "x.org" }, { type = "static", seed_nodes = ["b:2"] }]';
    expect(chain(text)).toEqual([dns('x.org'), seeds('b:2')]);
    expect(chain(text, join)).toEqual([seeds('a:1'), dns('x.org'), seeds('b:2')]);
  });
});

describe('a higher layer', () => {
  const file = '[cluster.discovery]\ntype = "dns"\nservice = "x.org"';

  test('puts its seed nodes in front of what the file asks', () => {
    expect(chain(file, join)).toEqual([seeds('a:1'), dns('x.org')]);
  });

  test('replaces the seed nodes of the file', () => {
    expect(chain('cluster.seeds = ["z:9"]', join)).toEqual([seeds('a:1')]);
  });

  test('that names another type makes what the file says of its own meaningless, and no mistake', () => {
    const environment = { ROLLCALL_CLUSTER_DISCOVERY_TYPE: 'static', ROLLCALL_CLUSTER_SEEDS: 'a:1, b:2' };
    expect(chain(file, { environment })).toEqual([seeds('a:1', 'b:2')]);
  });
});

describe('behind all that is told stand', () => {
  const file = (path: string, optional = false) => ({ type: 'file', paths: [path], optional });

  test('registries, each a source of its own', () => {
    const text =
      '[cluster]\nseeds = ["a:1"]\n[cluster.discovery]\nregistries = ["/etc/p.json", "https://r.example.org/"]';
    const registries = [file('/etc/p.json'), { type: 'registry', url: 'https://r.example.org/' }];
    expect(chain(text)).toMatchObject([seeds('a:1'), ...registries]);
    const environment = { ROLLCALL_NODE_REGISTRIES: '/etc/p.json, https://r.example.org/' };
    expect(chain('cluster.seeds = ["a:1"]', { environment })).toMatchObject([seeds('a:1'), ...registries]);
    expect(chain('', { environment })).toMatchObject(registries);
  });

  test('and the file of peers in the data directory, which need not be there', () => {
    const data = 'cluster.data_dir = "/d"';
    const peers = file('/d/discovery-peers.json', true);
    expect(chain(data)).toMatchObject([seeds(), peers]);
    expect(chain(data, join)).toMatchObject([seeds('a:1'), peers]);
    const environment = { ROLLCALL_NODE_REGISTRIES: 'file:/r/' };
    expect(chain(data, { ...join, environment })).toMatchObject([seeds('a:1'), file('/r/'), peers]);
  });

  test('and each is known by who said it', () => {
    const text = 'cluster.data_dir = "/d"';
    const environment = { ROLLCALL_NODE_REGISTRIES: '/r' };
    const { sources } = readConfig({ file: { path: 'rollcall.toml', text }, environment, ...join });
    expect([0, 1, 2].map((i) => sources.get(`cluster.discovery.sources[${i}]`))).toMatchObject([
      { kind: 'flag', flag: '--join' },
      { kind: 'environment', variable: 'ROLLCALL_NODE_REGISTRIES' },
      { kind: 'file', key: 'cluster.data_dir' },
    ]);
  });

  test.each([
    ['consul://a:1/b', 'but must be the path of a file or folder, or a URL'],
    ['htps://a/', '(did you mean https?)'],
  ])('but no registry is at %s', (place, words) => {
    const environment = { ROLLCALL_NODE_REGISTRIES: place };
    expect(() => chain('', { environment })).toThrow(words);
  });
});

describe('it is a mistake', () => {
  test.each([
    [
      'to name a type and tell another',
      '[cluster.discovery]\ntype = "dns"\nservice = "x.org"\nseed_nodes = ["a:1"]',
      'seed_nodes has no meaning beside cluster.discovery.type (rollcall.toml:2:1)',
    ],
    [
      'to name a type beside a chain',
      '[cluster.discovery]\ntype = "static"\nsources = [{ type = "static" }]',
      'type cannot stand beside cluster.discovery.sources (rollcall.toml:3:1)',
    ],
    [
      'to tell a source beside a chain',
      '[cluster.discovery]\nport = 1\nsources = [{ type = "static" }]',
      'put it into an entry of cluster.discovery.sources',
    ],
    ['to name no service', '[cluster.discovery]\ntype = "dns"', 'cluster.discovery.service is missing'],
    [
      'to name no service in a chain',
      'cluster.discovery.sources = [{ type = "dns" }]',
      'sources[0].service is missing',
    ],
    ['to name no type in a chain', 'cluster.discovery.sources = [{ seed_nodes = [] }]', 'sources[0].type is missing'],
    ['to give an empty chain', 'cluster.discovery.sources = []', 'sources is [], but must be a list of tables'],
    [
      'to tell how to ask for nothing',
      'cluster.discovery.servers = ["10.0.0.1"]',
      'servers has no meaning without cluster.discovery.service',
    ],
  ])('%s', (_, text, words) => {
    expect(() => chain(text)).toThrow(words);
  });
});
