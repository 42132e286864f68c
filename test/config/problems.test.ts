import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { InvalidConfig } from '../../core/config/problems.ts';
import { readConfig, type ConfigInput } from '../../core/config/read.ts';
import { configTree, SECRET_KEYS } from './arbitrary.ts';

/** What is said about a configuration that cannot be used. */
function refusal(input: Partial<ConfigInput>): InvalidConfig {
  try {
    readConfig({ environment: {}, ...input });
  } catch (error) {
    if (error instanceof InvalidConfig) return error;
    throw error;
  }
  throw new Error('it was taken');
}

const ofFile = (text: string): InvalidConfig => refusal({ file: { path: 'rollcall.toml', text } });
const ofVariable = (variable: string, text: string): InvalidConfig => refusal({ environment: { [variable]: text } });

test('everything that is wrong is said at once, in the order of the file, with place, value, what is allowed and what was meant', () => {
  const error = refusal({
    file: {
      path: 'rollcall.toml',
      text: [
        '[cluster]',
        'node_idd = "n1"',
        'seeds = ["10.0.0.1:7946", "no port:"]',
        '[cluster.network]',
        'mode = "tpc"',
        '[cluster.membership]',
        'probe_interval_ms = 0',
        '[storage]',
      ].join('\n'),
    },
    environment: { ROLLCALL_LOG_LEVL: 'info', ROLLCALL_CLUSTER_HEALTH_INTERVAL_SEC: 'soon', HOME: '/root' },
    flags: [{ flag: '--bind', path: 'cluster.network.swim_bind', value: 'localhost:7946' }],
  });
  expect(error.code).toBe('INVALID_CONFIG');
  expect(error.message).toBe(
    [
      'The configuration has 8 problems.',
      'rollcall.toml:2:1: cluster.node_idd is not a key that Rollcall knows. Did you mean cluster.node_id?',
      'rollcall.toml:3:27: cluster.seeds[1] is "no port:", but must be host:port, such as 10.0.0.7:7946, [fd00::7]:7946 or node-1.example.org.',
      'rollcall.toml:5:1: cluster.network.mode is "tpc", but must be udp, tcp or tls. Did you mean "tcp"?',
      'rollcall.toml:7:1: cluster.membership.probe_interval_ms is 0, but must be a whole number from 1 to 3600000.',
      'rollcall.toml:8:1: storage is not a key that Rollcall knows.',
      "ROLLCALL_LOG_LEVL: no key has this variable. Variables that begin with ROLLCALL_ are Rollcall's own. Did you mean ROLLCALL_LOG_LEVEL?",
      'ROLLCALL_CLUSTER_HEALTH_INTERVAL_SEC: cluster.health.interval_sec is "soon", but must be a number of seconds from 0.1 to 3600.',
      '--bind: cluster.network.swim_bind is "localhost:7946", but must be an IP address with a port, such as 0.0.0.0:7946 or [::]:7946.',
    ].join('\n\n'),
  );
  expect(error.problems[2]).toEqual({
    path: 'cluster.network.mode',
    says: 'cluster.network.mode is "tpc", but must be udp, tcp or tls.',
    value: 'tpc',
    allowed: 'udp, tcp or tls',
    suggestion: '"tcp"',
    source: { kind: 'file', file: 'rollcall.toml', key: 'cluster.network.mode' },
    line: 5,
    column: 1,
  });
});

test('a wrong value is wrong even where it is overridden', () => {
  const { message } = refusal({
    file: { path: 'rollcall.toml', text: 'log.level = "loud"' },
    environment: { ROLLCALL_LOG_LEVEL: 'info' },
  });
  expect(message).toMatch(/^rollcall.toml:1:1: log.level is "loud"/);
});

describe('an unknown key is told with the one that was meant', () => {
  test.each([
    ['a slip', '[cluster]\nnode_idd = "n1"', 'cluster.node_id'],
    ['another table', '[cluster]\nswim_bind = "0.0.0.0:1"', 'cluster.network.swim_bind'],
    ['a table', '[cluster.netwrok]\nmode = "udp"', 'cluster.network'],
    ['a whole section', '[clutser]\nnode_id = "n1"', 'cluster'],
    ['an alias', '[cluster]\nlisten_adr = "0.0.0.0:1"', 'cluster.listen_addr'],
  ])('%s', (_, text, meant) => {
    expect(ofFile(text).problems).toMatchObject([{ suggestion: meant }]);
  });

  test('and nothing is guessed where nothing is near', () => {
    expect(ofFile('[zzzzzzzzzzzz]').problems[0]).not.toHaveProperty('suggestion');
  });

  test('a key inside a source of another type names those that it has', () => {
    const text = '[[cluster.discovery.sources]]\ntype = "static"\nservice = "x.example.org"';
    expect(ofFile(text).message).toBe(
      'rollcall.toml:3:1: cluster.discovery.sources[0].service is "x.example.org", but must be absent: a source of type static has no such key, only type or seed_nodes.',
    );
  });
});

describe('variables', () => {
  test.each([
    ['ROLLCALL_SERVICE_HOST', '10.96.0.1'],
    ['ROLLCALL_ADMIN_SERVICE_PORT', '50051'],
    ['ROLLCALL_SERVICE_PORT_GOSSIP', '7946'],
    ['ROLLCALL_PORT', 'tcp://10.96.0.1:7946'],
    ['ROLLCALL_PORT_7946_UDP', 'udp://10.96.0.1:7946'],
    ['ROLLCALL_PORT_7946_TCP_ADDR', '10.96.0.1'],
  ])('%s, which Kubernetes sets for a service of our name, is nobody\u2019s mistake', (variable, text) => {
    expect(readConfig({ environment: { [variable]: text } }).config.cluster.enabled).toBe(false);
  });

  test.each([
    ['ROLLCALL_NODE_ID', 'ROLLCALL_CLUSTER_NODE_ID'],
    ['ROLLCALL_CLUSTER_NODEID', 'ROLLCALL_CLUSTER_NODE_ID'],
    ['ROLLCALL_FROBNICATE', undefined],
    ['ROLLCALL_', undefined],
  ])('%s is a mistake, and %s is meant', (variable, meant) => {
    expect(ofVariable(variable, 'x').problems.map(({ suggestion }) => suggestion)).toEqual([meant]);
  });

  test('of our prefix that look nearly like those are mistakes', () => {
    expect(ofVariable('ROLLCALL_PORT', '7946').problems).toHaveLength(1);
    expect(ofVariable('ROLLCALL_CLUSTER_TAGS_ROLE', 'db').problems).toMatchObject([
      { suggestion: 'ROLLCALL_CLUSTER_TAGS' },
    ]);
  });
});

describe('two names for one thing', () => {
  test('that say the same are one', () => {
    const text = '[cluster]\nlisten_addr = "10.0.0.1:1"\n[network]\nswim_bind = "10.0.0.1:1"';
    const { config } = readConfig({ file: { path: 'f', text }, environment: {} });
    expect(config.cluster.network.swimBind).toBe('10.0.0.1:1');
  });

  test('that differ are a contradiction, and both places are named', () => {
    expect(ofFile('[cluster]\nlisten_addr = "10.0.0.1:1"\n[network]\nswim_bind = "10.0.0.1:2"').message).toBe(
      'rollcall.toml:4:1: network.swim_bind is "10.0.0.1:2", which contradicts cluster.listen_addr (rollcall.toml:2:1): both mean cluster.network.swim_bind. Keep one of them.',
    );
  });

  test('in two layers are none: the higher one wins', () => {
    const file = { path: 'f', text: 'cluster.listen_addr = "10.0.0.1:1"' };
    const environment = { ROLLCALL_CLUSTER_NETWORK_SWIM_BIND: '10.0.0.1:2' };
    expect(readConfig({ file, environment }).config.cluster.network.swimBind).toBe('10.0.0.1:2');
  });
});

describe('what no key can know alone', () => {
  test.each([
    [
      'the timeout inside the interval',
      'cluster.membership.probe_interval_ms = 100',
      'probe_timeout_ms is 500, but must be at most probe_interval_ms (cluster.membership.probe_interval_ms was changed)',
    ],
    [
      'metadata inside a packet',
      'cluster.membership.meta_max_bytes = 900',
      'meta_max_bytes is 900, but must be at most half of packet_bytes',
    ],
    [
      'tags inside the metadata',
      `cluster.tags.a = "${'x'.repeat(600)}"`,
      'cluster.tags needs 607 bytes, but must be at most 512 bytes, encoded',
    ],
    [
      'files of TLS',
      'cluster.network = { mode = "tls", tls = { cert_file = "c", key_file = "k" } }',
      'cluster.network.tls.ca_file is missing',
    ],
    ['the key of a certificate', 'admin.cert_file = "c"', 'admin.key_file is missing'],
    ['the certificate of a key', 'admin.key_file = "k"', 'admin.cert_file is missing'],
    ['a certificate where callers show one', 'admin.ca_file = "c"', 'admin.cert_file is missing'],
    [
      'one token',
      'admin = { token = "t", token_file = "f" }',
      'admin.token_file cannot stand beside admin.token (rollcall.toml:1:11)',
    ],
    [
      'who may change things where others reach the admin interface',
      'admin = { bind = "0.0.0.0:50051", allow_changes = true }',
      'rollcall.toml:1:35: admin.allow_changes is true, but must be false or unset on 0.0.0.0:50051',
    ],
    [
      'an address that can be reached',
      'cluster.advertise_addr = "0.0.0.0:7946"',
      'must be an IP address that others can reach',
    ],
  ])('%s', (_, text, words) => {
    expect(ofFile(text).problems).toHaveLength(1);
    expect(ofFile(text).message).toContain(words);
  });

  test.each(['token = "t"', 'token_file = "f"', 'ca_file = "c", cert_file = "d", key_file = "k"'])(
    'changes are allowed everywhere to whoever has what %s says',
    (credential) => {
      const text = `admin = { bind = "0.0.0.0:50051", allow_changes = true, ${credential} }`;
      expect(readConfig({ file: { path: 'f', text }, environment: {} }).config.admin.allowChanges).toBe(true);
    },
  );

  test('is not judged where a key of it has been refused already', () => {
    const text =
      'cluster.network = { mode = "tls", tls = { cert_file = 1, key_file = 2, ca_file = 3 } }\ncluster.membership.probe_interval_ms = 0\ncluster.membership.probe_timeout_ms = 5000';
    expect(ofFile(text).problems.map(({ path }) => path)).toEqual([
      'cluster.network.tls.cert_file',
      'cluster.network.tls.key_file',
      'cluster.network.tls.ca_file',
      'cluster.membership.probe_interval_ms',
    ]);
  });
});

describe('a secret is never shown', () => {
  const [key = ''] = SECRET_KEYS;
  const cut = key.slice(0, -1);

  test.each([
    ['a key that is cut', `cluster.encryption.keys = ["${cut}"]`],
    ['a key that is no list', `cluster.encryption.keys = "${key}"`],
    ['a key in place of its table', `cluster.encryption = "${key}"`],
    ['a token that is no text', 'admin.token = 12345678901234567890123.0'],
    ['a token in a list', `admin.token = ["${key}"]`],
    ['a token without its end', `[admin]\ntoken = "${key}\n`],
    ['a mistake behind a key', `[cluster.encryption]\nkeys = ["${key}" x]`],
    ['a mistake in the lines behind a key', `[cluster.encryption]\nkeys = [\n  "${key}",\n  ${cut}\n]`],
    ['a mistake beside a key', `cluster.encryption = { keys = ["${key}"] x }`],
    ['a name that is unknown', `[cluster.encryption]\nkey = "${key}"`],
  ])('%s', (_, text) => {
    const error = ofFile(text);
    const told = error.message + JSON.stringify(error.problems);
    expect(told).not.toContain(cut);
    expect(told).not.toContain('1234567');
    expect(error.message).toMatch(/^rollcall.toml:\d+:\d+: /);
  });
});

test('what is no TOML is told with its line and a mark under the place', () => {
  expect(ofFile('[cluster]\nnode_id = n1\n').message).toBe(
    'rollcall.toml:2:11: this is not TOML: invalid value.\n\n  2 | node_id = n1\n                ^',
  );
});

test.each([
  ['at the end of a line', '[cluster]\nnode_id = "a\nlabel = "b"\n', '2:13'],
  ['at the end of a line of Windows', '[cluster]\r\nnode_id = "a\r\nlabel = "b"\r\n', '2:13'],
  ['at the end of the file', '[cluster]\nnode_id = "a', '2:11'],
  ['over lines', '[cluster]\nnode_id = """a\n', '2:11'],
])('a text without its closing quote is told as such: %s', (_, text, place) => {
  expect(ofFile(text).message).toContain(`rollcall.toml:${place}: this is not TOML: a text has no closing quote.`);
});

test('a control character in a text is told as such', () => {
  expect(ofFile('[cluster]\nnode_id = "a\u0001"').message).toContain('control characters are not allowed in strings');
});

describe('whatever it is given, it ends with a configuration or with InvalidConfig', () => {
  const survives = (input: Partial<ConfigInput>): void => {
    try {
      readConfig({ environment: {}, ...input });
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidConfig);
      expect((error as InvalidConfig).problems.length).toBeGreaterThan(0);
    }
  };

  test('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => survives({ file: { path: 'f', text } })));
  });

  test('a good file with a piece of it lost or doubled', () => {
    fc.assert(
      fc.property(configTree, fc.nat(), fc.nat({ max: 30 }), fc.boolean(), (tree, at, length, double) => {
        const text = stringify(tree);
        const start = at % (text.length + 1);
        const rest = text.slice(double ? start - Math.min(start, length) : start + length);
        survives({ file: { path: 'f', text: text.slice(0, start) + rest } });
      }),
      { numRuns: 500 },
    );
  });

  test('a value that refers to itself', () => {
    const node: Record<string, unknown> = {};
    node['node_id'] = node;
    expect(refusal({ values: { cluster: node } }).message).toContain(
      'cluster.node_id is a value that refers to itself',
    );
  });

  test('any tree of any values', () => {
    const name = fc.constantFrom(
      'cluster',
      'admin',
      'log',
      'network',
      'discovery',
      'sources',
      'tags',
      '__proto__',
      'type',
    );
    const any = fc.object({ key: name, maxDepth: 4, withBigInt: true, withDate: true, withNullPrototype: true });
    fc.assert(fc.property(any, (values) => survives({ values: values as Record<string, unknown> })));
  });
});
