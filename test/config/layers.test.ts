import { describe, expect, test } from 'vitest';
import { changedKeys } from '../../core/config/changed-keys.ts';
import { readConfig, type ConfigInput } from '../../core/config/read.ts';

const read = (input: Partial<ConfigInput>) => readConfig({ environment: {}, ...input }).config;
const inFile = (text: string): Partial<ConfigInput> => ({ file: { path: 'rollcall.toml', text } });

test('flags win over the environment, that over the file, that over what code says, that over defaults', () => {
  const layers: Partial<ConfigInput>[] = [
    { values: { log: { level: 'debug' } } },
    inFile('log.level = "warn"'),
    { environment: { ROLLCALL_LOG_LEVEL: 'error' } },
    { flags: [{ flag: '--log-level', path: 'log.level', value: 'info' }] },
  ];
  const seen = layers.map((_, i) => read(Object.assign({}, ...layers.slice(0, i + 1))).log.level);
  expect(seen).toEqual(['debug', 'warn', 'error', 'info']);
});

test('tags of all layers come together', () => {
  const input = {
    ...inFile('cluster.tags = { role = "db", dc = "eu" }'),
    environment: { ROLLCALL_CLUSTER_TAGS: 'role=web' },
  };
  expect(read(input).cluster.tags).toEqual({ role: 'web', dc: 'eu' });
});

test('a tag of any name is a tag', () => {
  const { tags } = read(inFile('[cluster.tags]\n__proto__ = "a"\nconstructor = "b"')).cluster;
  expect(Object.entries(tags)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
});

describe('the cluster is on', () => {
  test.each([
    ['when the file has its table', inFile('[cluster]'), true],
    ['when code has its table', { values: { cluster: {} } }, true],
    ['when a variable says anything about it', { environment: { ROLLCALL_CLUSTER_LABEL: 'blue' } }, true],
    ['when an alias outside of its table means it', inFile('[network]\nswim_bind = "0.0.0.0:1"'), true],
    ['not when nothing is said about it', inFile('[admin]\n[log]\nlevel = "info"'), false],
    ['not when it is switched off', inFile('[cluster]\nenabled = false\nnode_id = "n1"'), false],
    ['not in the mode of a single node', inFile('[cluster]\nmode = "single"\nnode_id = "n1"'), false],
  ])('%s', (_, input, on) => {
    expect(read(input).cluster.enabled).toBe(on);
  });
});

test('tables of the application around it are left alone', () => {
  const text = '[storage]\npath = "x"\n[api]\ngrpc_port = 8080\n[network]\nmax_message_size = 4';
  expect(read({ ...inFile(text), foreignTables: ['storage', 'api', 'network'] }).cluster.enabled).toBe(false);
  expect(() => read({ ...inFile(text), foreignTables: ['storage', 'api'] })).toThrow('network.max_message_size');
});

test('a preset is the starting point of the settings beside it', () => {
  const { preset, membership } = read(inFile('cluster.membership = { preset = "wan", gossip_nodes = 5 }')).cluster;
  expect({ preset, ...membership }).toMatchObject({ preset: 'wan', gossipNodes: 5, probeIntervalMs: 5_000 });
});

test('what has changed is told apart by whether a running node can take it over', () => {
  const before = read(inFile('[cluster]\nseeds = ["a:1"]\n[cluster.tags]\na = "1"'));
  const after = read(inFile('[cluster]\nseeds = ["b:1"]\nlabel = "x"\n[cluster.tags]\na = "2"\n[log]\nlevel = "warn"'));
  expect(changedKeys(before, before)).toEqual({ reloadable: [], needsRestart: [] });
  expect(changedKeys(before, after)).toEqual({
    reloadable: ['cluster.tags', 'log.level', 'cluster.discovery.sources'],
    needsRestart: ['cluster.label'],
  });
});
