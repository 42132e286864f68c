import type { StaticConfig } from '../../core/discovery/static/static-type.ts';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { FIELDS, KNOWN, VARIABLES, variableOf } from '../../core/config/fields.ts';
import type { NodeConfig } from '../../core/config/node-config.ts';
import { defaultConfig, readConfig, type ConfigInput } from '../../core/config/read.ts';
import { presets } from '../../core/membership/settings.ts';
import { asText, treeOf, VALUES } from './arbitrary.ts';

const read = (input: Partial<ConfigInput>): NodeConfig => readConfig({ environment: {}, ...input }).config;
const inFile = (tree: object): Partial<ConfigInput> => ({ file: { path: 'rollcall.toml', text: stringify(tree) } });

/** What some keys are nothing without. */
const BESIDE: Readonly<Record<string, object>> = {
  'admin.cert_file': { admin: { key_file: 'k' } },
  'admin.key_file': { admin: { cert_file: 'c' } },
  'admin.ca_file': { admin: { cert_file: 'c', key_file: 'k' } },
};

/** Aliases with a form of their own: what they say, and what the canonical key says for it. */
const OTHER_FORMS: Readonly<Record<string, readonly [unknown, unknown]>> = {
  'cluster.mode': ['single', false],
};

test('a node that is told nothing is a single node with an admin interface on loopback', () => {
  const expected: NodeConfig = {
    cluster: {
      enabled: false,
      nodeId: '',
      label: '',
      serf: false,
      tags: {},
      dataDir: '',
      allow: [],
      preset: 'lan',
      membership: presets.lan,
      network: {
        mode: 'udp',
        swimBind: '0.0.0.0:7946',
        advertiseAddr: '',
        streamsMax: 512,
        receiveBufferBytes: 2_097_152,
        tls: { certFile: '', keyFile: '', caFile: '', serverName: '' },
      },
      encryption: { keys: [], keyringFile: '', acceptPlain: false, sealOutgoing: true },
      discovery: {
        sources: [{ type: 'static', seedNodes: [] } as StaticConfig],
        mode: 'first',
        deadlineMs: 15_000,
        staleMs: 3_600_000,
        onNoPeers: 'single-node',
        joinTarget: 3,
        expect: 1,
        autoConnect: true,
      },
      health: { intervalMs: 10_000 },
      snapshot: { intervalMs: 5_000 },
    },
    admin: {
      enabled: true,
      bind: '127.0.0.1:50051',
      allowChanges: undefined,
      token: '',
      tokenFile: '',
      certFile: '',
      keyFile: '',
      caFile: '',
    },
    log: { level: 'info', format: 'auto' },
  };
  expect(defaultConfig()).toStrictEqual(expected);
});

describe('a key means the same wherever it is said', () => {
  test('and these tests know values for every key', () => {
    expect(Object.keys(VALUES).toSorted()).toEqual(FIELDS.map(({ path }) => path).toSorted());
  });

  test.each(Object.entries(VALUES))('%s', (path, values) => {
    fc.assert(
      fc.property(values, (value) => {
        const beside = BESIDE[path] ?? {};
        const tree = treeOf([[path, value]]);
        const environment = { [variableOf(path)]: asText(path, value) };
        const besides = { cluster: {}, ...beside };
        const given = read({ values: besides, ...inFile(tree) });
        expect(read({ values: besides, environment })).toEqual(given);
        expect(read({ values: besides, flags: [{ flag: '--it', path, value }] })).toEqual(given);
        expect(read({ values: besides, flags: [{ flag: '--it', path, value: asText(path, value) }] })).toEqual(given);
      }),
      { numRuns: 20 },
    );
  });

  const aliases = FIELDS.flatMap(({ path, aliases }) => aliases.map((alias) => [alias.path, path] as const));

  test.each(aliases)('%s is another name of %s', (alias, path) => {
    fc.assert(
      fc.property(VALUES[path]!, (any) => {
        const [said, meant] = OTHER_FORMS[alias] ?? [any, any];
        const values = { cluster: {}, ...BESIDE[path] };
        const canonical = read({ values, ...inFile(treeOf([[path, meant]])) });
        expect(read({ values, ...inFile(treeOf([[alias, said]])) })).toEqual(canonical);
        expect(read({ values, environment: { [variableOf(alias)]: asText(path, said) } })).toEqual(canonical);
      }),
      { numRuns: 5 },
    );
  });
});

test('no two names share a variable', () => {
  expect(VARIABLES.size).toBe(KNOWN.size);
});

test('what is reloadable is a decision', () => {
  expect(FIELDS.filter(({ reloadable }) => reloadable).map(({ path }) => path)).toEqual([
    'cluster.tags',
    'cluster.discovery.type',
    'cluster.discovery.sources',
    'cluster.discovery.registries',
    'cluster.discovery.mode',
    'cluster.discovery.deadline_sec',
    'cluster.discovery.stale_sec',
    'cluster.discovery.auto_connect',
    'cluster.health.interval_sec',
    'admin.token',
    'admin.token_file',
    'log.level',
  ]);
});
