import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { presets, settingBounds } from '../../core/membership/settings.ts';
import { checkSource, isEmpty } from '../../core/discovery/source-table.ts';
import type { SourceKey, SourceType } from '../../core/discovery/source-type.ts';
import { SOURCE_TYPES } from '../../core/discovery/source-types.ts';
import { settingPath } from '../../core/config/membership-fields.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/);
const address = fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([ip, port]) => `${ip}:${port}`);
const anyIp = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((ip) => !ip.includes('.')),
);
const path = fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((any) => any.trim());
const yesOrNo = fc.boolean();
const seconds = fc.integer({ min: 1, max: 36_000 }).map((tenths) => tenths / 10);
const KEYS = [
  'AAECAwQFBgcICQoLDA0ODw==',
  'AAECAwQFBgcICQoLDA0ODxAREhMUFRYX',
  'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
];
export const SECRET_KEYS: readonly string[] = KEYS;

/** Values that keys of sources take: what a kind accepts of these. */
const SAMPLES: readonly unknown[] = [
  ...[true, false, 1, 2, 7, 60, 61.5, 300, 3_600, 8_500, 'a', 'b-1', 'x.example.org', '_a._tcp.example.org'],
  ...['/p/q', './r', '10.0.0.1', '10.0.0.1:53', '239.255.42.99:7946', 'http://127.0.0.1:1', 'https://[::1]:2/x'],
  ...[['a'], ['a', 'b'], ['10.0.0.1:1', '[::1]:2'], ['/p'], ['http://127.0.0.1:1', 'http://127.0.0.1:2'], []],
  ...['11111111-2222-3333-4444-555555555555', ['AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=']],
  ...[{ a: 'b' }, { a: 'b', 'c.d': 'e' }],
];

/** Good values of one key of a source, in the form of the file. */
export function valuesOf(key: SourceKey): readonly unknown[] {
  return [...(key.kind.choices ?? []), ...SAMPLES].filter((sample) => {
    let good = true;
    key.kind.check(sample, () => void (good = false));
    return good && !(key.required === true && isEmpty(sample));
  });
}

/** Tables of one type that make sense, without the type itself; `isShown` leaves keys with a secret out. */
export function tablesOf(type: SourceType, isShown = false): fc.Arbitrary<Tree> {
  const said = type.keys.filter(({ secret }) => !isShown || secret !== true);
  const keys = Object.fromEntries(said.map((key) => [key.name, fc.constantFrom(...valuesOf(key))]));
  const required = type.keys.filter((key) => key.required === true).map(({ name }) => name);
  return fc.record(keys, { requiredKeys: required }).filter((table) => {
    let good = true;
    checkSource(type, table, '', () => void (good = false));
    return good;
  });
}

const source = fc.oneof(
  ...SOURCE_TYPES.map((type) => tablesOf(type, true).map((table) => ({ type: type.type, ...table }))),
);

const numbers = Object.entries(settingBounds).map(([name, [min, max]]) => {
  // So that any choice of the two fits the other: the timeout into the interval, full metadata into a packet.
  const bounds = {
    probeIntervalMs: [5_000, max],
    probeTimeoutMs: [min, 400],
    packetBytes: [1_400, max],
    metaMaxBytes: [512, 700],
  };
  const [from, to] = bounds[name as keyof typeof bounds] ?? [min, max];
  return [settingPath(name), fc.integer({ min: from!, max: to! })] as const;
});

/** Good values of every key, in the form of the file. Any choice of keys fits together, save those of `discovery`. */
export const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'cluster.enabled': yesOrNo,
  'cluster.node_id': text,
  'cluster.label': text,
  'cluster.data_dir': path,
  'cluster.allow': fc.array(
    fc.ipV4().map((ip) => `${ip}/16`),
    { maxLength: 3 },
  ),
  'cluster.tags': fc.dictionary(word, word, { maxKeys: 3 }),
  'cluster.network.mode': fc.constantFrom('udp', 'tcp'),
  'cluster.network.swim_bind': address,
  'cluster.network.advertise_addr': anyIp.filter((ip) => ip !== '0.0.0.0' && !/^[0:]+$/.test(ip)),
  'cluster.network.streams_max': fc.integer({ min: 1, max: 65_536 }),
  'cluster.network.receive_buffer_bytes': fc.integer({ min: 4_096, max: 1_000_000 }),
  'cluster.network.tls.cert_file': path,
  'cluster.network.tls.key_file': path,
  'cluster.network.tls.ca_file': path,
  'cluster.network.tls.server_name': word,
  'cluster.membership.preset': fc.constantFrom(...Object.keys(presets)),
  ...Object.fromEntries(numbers),
  'cluster.membership.stream_probes': yesOrNo,
  'cluster.membership.health_scales_turn': yesOrNo,
  'cluster.membership.health_scales_timeout': yesOrNo,
  'cluster.membership.buddy': yesOrNo,
  'cluster.membership.suspicion_confirmations': fc.oneof(
    fc.integer({ min: 0, max: 9 }),
    fc.constant('multiplier-less-2'),
  ),
  'cluster.membership.scale': fc.constantFrom('log10', 'ln'),
  'cluster.membership.nacks': fc.constantFrom('off', 'each-missing', 'both'),
  'cluster.encryption.keys': fc.subarray(KEYS),
  'cluster.encryption.keyring_file': path,
  'cluster.serf': yesOrNo,
  'cluster.encryption.accept_plain': yesOrNo,
  'cluster.encryption.seal_outgoing': yesOrNo,
  'cluster.discovery.type': fc.constant('static'),
  'cluster.discovery.sources': fc.array(source, { minLength: 1, maxLength: 3 }),
  'cluster.discovery.registries': fc.array(
    fc.oneof(
      path,
      word.map((name) => `https://${name}.example.org/`),
    ),
    { maxLength: 3 },
  ),
  'cluster.discovery.mode': fc.constantFrom('first', 'race', 'union'),
  'cluster.discovery.deadline_sec': fc.integer({ min: 5, max: 3_000 }).map((tenths) => tenths / 10),
  'cluster.discovery.stale_sec': fc.integer({ min: 0, max: 604_800 }),
  'cluster.discovery.on_no_peers': fc.constantFrom('single-node', 'retry', 'fail'),
  'cluster.discovery.join_target': fc.integer({ min: 1, max: 64 }),
  'cluster.discovery.expect': fc.integer({ min: 1, max: 10_000 }),
  'cluster.discovery.auto_connect': yesOrNo,
  'cluster.health.interval_sec': seconds,
  'cluster.snapshot.interval_sec': seconds,
  'admin.enabled': yesOrNo,
  'admin.bind': address,
  'admin.allow_changes': yesOrNo,
  'admin.token': word,
  'admin.token_file': path,
  'admin.cert_file': path,
  'admin.key_file': path,
  'admin.ca_file': path,
  'log.level': fc.constantFrom('debug', 'info', 'warn', 'error'),
  'log.format': fc.constantFrom('auto', 'json', 'pretty'),
};

/** Keys that need one another, or exclude one another. */
const TOGETHER = [['admin.cert_file', 'admin.key_file', 'admin.ca_file'], ['cluster.discovery.sources']];
const SECRET = /^(admin\.token|cluster\.encryption\.keys)$/;
const alone = Object.keys(VALUES).filter(
  (key) => !TOGETHER.flat().includes(key) && key !== 'cluster.discovery.type' && !SECRET.test(key),
);

/** A good configuration without secrets, as a tree: any keys, and at most one way of finding peers. */
export const configTree = fc
  .tuple(fc.subarray(alone), fc.constantFrom([], ...TOGETHER), fc.constantFrom([], TOGETHER[0]!))
  .chain(([some, discovery, admin]) => {
    const keys = new Set([...some, ...discovery, ...admin]);
    return fc.record(Object.fromEntries([...keys].map((key) => [key, VALUES[key]!])));
  })
  // Changes by anybody are a mistake wherever others reach the address, which has its own tests.
  .map((values) => (values['admin.allow_changes'] === true ? { ...values, 'admin.bind': '127.0.0.1:1' } : values))
  .map((values) => treeOf(Object.entries(values)));

type Tree = { [name: string]: unknown };

/** Dotted paths as nested tables. */
export function treeOf(values: readonly (readonly [string, unknown])[]): Tree {
  const tree: Tree = {};
  for (const [path, value] of values) {
    const parts = path.split('.');
    let table = tree;
    for (const part of parts.slice(0, -1)) table = (table[part] ??= {}) as Tree;
    table[parts.at(-1)!] = value;
  }
  return tree;
}

/** A value as one text, as in the environment. */
export function asText(path: string, value: unknown): string {
  if (path.endsWith('.sources')) return inline(value as Tree[]);
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  return Object.entries(value as object)
    .map(([key, text]) => `${key}=${String(text)}`)
    .join(',');
}

function inline(tables: readonly Tree[]): string {
  return `[${tables
    .map((table) =>
      stringify({ list: [[table]] })
        .trim()
        .slice('list = [ [ '.length, -' ] ]'.length),
    )
    .join(', ')}]`;
}
