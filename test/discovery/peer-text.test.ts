import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../core/config/read.ts';
import { InvalidConfig } from '../../core/config/problems.ts';
import { parsePairs, splitPeers } from '../../core/discovery/peer-text-pairs.ts';
import { parseSourceUrl } from '../../core/discovery/peer-text-url.ts';
import type { SourceConfig } from '../../core/discovery/source-type.ts';
import { InvalidSetting } from '../../core/errors.ts';

const chain = (...seeds: readonly string[]): readonly SourceConfig[] =>
  readConfig({ values: { cluster: { seeds } }, environment: {} }).config.cluster.discovery.sources;

const refusal = (...seeds: readonly unknown[]): string => {
  try {
    readConfig({ values: { cluster: { seeds } }, environment: {} });
  } catch (error) {
    if (error instanceof InvalidConfig) return error.message;
    throw error;
  }
  throw new Error('it was taken');
};

describe('a list of peers', () => {
  test('is one source for the plain ones, and behind it one for each text, in their order', () => {
    expect(chain('a:1', 'srv:_x._tcp.example.org', '[::1]:2', 'consul://h:8500/web?tag=blue', 'b')).toMatchObject([
      { type: 'static', seedNodes: ['a:1', '[::1]:2', 'b'] },
      { type: 'dns', service: '_x._tcp.example.org' },
      { type: 'consul', addr: 'h:8500', serviceName: 'web', tag: 'blue' },
    ]);
  });

  test('has no source of plain peers when there are none', () => {
    expect(chain('dns:x.example.org')).toMatchObject([{ type: 'dns', service: 'x.example.org' }]);
  });

  test('may have several providers', () => {
    expect(chain('provider=k8s label_selector="app=a"', 'provider=k8s label_selector="app=b"')).toMatchObject([
      { type: 'kubernetes', labelSelector: 'app=a' },
      { type: 'kubernetes', labelSelector: 'app=b' },
    ]);
  });

  test('is the same in an entry of a chain, by a flag and by a variable', () => {
    const told = chain('a:1', 'srv:_x._tcp.example.org');
    const seeds = ['a:1', 'srv:_x._tcp.example.org'];
    const sources = [{ type: 'static', seed_nodes: seeds }];
    const ways = [
      { values: { cluster: { discovery: { sources } } }, environment: {} },
      { environment: { ROLLCALL_CLUSTER_SEEDS: seeds.join(', ') } },
      { environment: {}, flags: [{ flag: '--join', path: 'cluster.discovery.seed_nodes', value: seeds }] },
    ];
    for (const way of ways) expect(readConfig(way).config.cluster.discovery.sources).toEqual(told);
  });

  test.each(['dns:7946', 'file:1', 'fd00::7', 'node-1.example.org:7946', '[fd00::7]:7946'])(
    'has a plain peer in %s',
    (peer) => {
      expect(chain(peer)).toEqual([{ type: 'static', seedNodes: [peer] }]);
    },
  );

  test.each([
    ['static:10.0.0.1:7946,[::1]:2', { type: 'static', seedNodes: ['10.0.0.1:7946', '[::1]:2'] }],
    ['static://a:1,b', { type: 'static', seedNodes: ['a:1', 'b'] }],
    ['dns://x.example.org:7000', { type: 'dns', service: 'x.example.org', port: 7_000 }],
    ['srv:_x._tcp.example.org?port=1', { type: 'dns', service: '_x._tcp.example.org', port: 1 }],
    ['k8s://prod?label_selector=app%3Dx', { type: 'kubernetes', namespace: 'prod', labelSelector: 'app=x' }],
    ['etcd://a:2379,b:2379/prefix', { type: 'etcd', endpoints: ['http://a:2379', 'http://b:2379'], prefix: 'prefix' }],
    ['file:/var/peers.json', { type: 'file', paths: ['/var/peers.json'] }],
    ['https://registry.example.org/r/', { type: 'registry', url: 'https://registry.example.org/r/' }],
  ])('has a source in %s', (text, source) => {
    expect(chain(text)).toMatchObject([source]);
  });
});

describe('a text that is no peer is told with its place, its value and what is allowed', () => {
  test.each([
    ['a scheme that nobody has', 'etdc://a:2379', 'must be ', '(did you mean etcd?)'],
    ['a scheme with a slip and no slashes', 'srv:', 'srv:_rollcall._tcp.example.org'],
    ['a provider that nobody has', 'provider=k9s', 'provider must be ', '(did you mean k8s?)'],
    ['no provider', 'tag_key=role', 'provider must be '],
    ['a key without a value', 'provider=k8s namespace=', 'namespace must be followed by a value'],
    ['a key without an equals sign', 'provider=k8s namespace', 'namespace must be followed by an equals sign'],
    ['a key said twice', 'provider=k8s namespace=a namespace=b', 'namespace must be given once'],
    ['quotes without an end', 'provider=k8s namespace="a', 'without a quote or backslash'],
    ['an equals sign without quotes', 'provider=k8s label_selector=app=a', 'label_selector', 'double quotes'],
    ['a parameter said twice', 'srv:_x._tcp.a?port=1&port=2', 'port must be given once'],
    ['a parameter of the wrong kind', 'srv:_x._tcp.a?port=many', 'port must be a whole number'],
    ['a parameter that the type has not', 'srv:_x._tcp.a?prot=1', 'prot must be absent'],
    ['a bad percent sign', 'file:/a%zz', 'behind each percent sign'],
    ['a fragment', 'consul://a:1/b#c', 'must be scheme:path or scheme://'],
  ])('%s', (_, text, ...words) => {
    const said = refusal('a:1', text);
    expect(said).toContain(`cluster.seeds[1] is ${JSON.stringify(text)}: `);
    for (const word of words) expect(said).toContain(word);
  });

  test('without what is secret in it', () => {
    const texts = [
      'consul://s3cret@h:8500/a/b',
      'consul://h/a?token=s3cret&tagg=x',
      'provider=aws secret_access_key=s3cret x',
    ];
    for (const text of texts) expect(refusal(text)).not.toContain('s3cret');
  });
});

describe('pairs are read as go-discover reads them', () => {
  test.each([
    ['key=a', { key: 'a' }],
    ['key=a+b key2=c/d', { key: 'a+b', key2: 'c/d' }],
    ['  key = a    key2 =b ', { key: 'a', key2: 'b' }],
    ['"k e y"="a \\" b" x="c\\\\d"', { 'k e y': 'a " b', x: 'c\\d' }],
    ['secret="fpOf+EN4="', { secret: 'fpOf+EN4=' }],
    [
      'zone_pattern=us-(?west|east).+ tag_value="consul server"',
      { zone_pattern: 'us-(?west|east).+', tag_value: 'consul server' },
    ],
    ['empty=""', { empty: '' }],
    ['', {}],
  ])('%s', (text, pairs) => {
    expect(Object.fromEntries(parsePairs(text))).toEqual(pairs);
  });

  test('whatever they hold, when they are quoted', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
    const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.dictionary(word, fc.string({ unit: 'grapheme' })), (pairs) => {
        const text = Object.entries(pairs)
          .map(([key, value]) => `${quoted(key)}=${quoted(value)}`)
          .join(' ');
        expect(parsePairs(text)).toEqual(new Map(Object.entries(pairs)));
      }),
    );
  });

  test('and any text gives pairs or InvalidSetting', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '"', '\\', '=', ' ', '\n', '0') }), (text) => {
        try {
          parsePairs(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSetting);
        }
      }),
    );
  });
});

describe('one text with several peers', () => {
  test.each([
    ['commas', 'a:1,b:2, c', ['a:1', 'b:2', 'c']],
    ['space', 'a:1 [::1]:2\n c', ['a:1', '[::1]:2', 'c']],
    ['hosts of a URL', 'etcd://a:2379,b:2379/p,c:1', ['etcd://a:2379,b:2379/p', 'c:1']],
    ['a query', 'k8s://ns?label_selector=a%3Db,c:1', ['k8s://ns?label_selector=a%3Db', 'c:1']],
    [
      'pairs',
      'a:1, provider=k8s label_selector="a=b,c in (d, e)" namespace=x, srv:_x._tcp.y',
      ['a:1', 'provider=k8s label_selector="a=b,c in (d, e)" namespace=x', 'srv:_x._tcp.y'],
    ],
    [
      'two providers',
      'provider=k8s namespace=a provider=k8s namespace=b',
      ['provider=k8s namespace=a', 'provider=k8s namespace=b'],
    ],
    ['nothing', ' , ', []],
  ])('is taken apart at %s', (_, text, peers) => {
    expect(splitPeers(text)).toEqual(peers);
  });
});

describe('a URL is taken apart', () => {
  test('into all its parts', () => {
    const text = 'etcd://me:p%40ss@[::1]:2379,b:2379/a%20b?x=1&y=%26&z';
    expect(parseSourceUrl(text)).toEqual({
      text,
      scheme: 'etcd',
      user: 'me',
      password: 'p@ss',
      hosts: ['[::1]:2379', 'b:2379'],
      path: 'a b',
      query: { x: '1', y: '&', z: '' },
    });
  });

  test('with or without two slashes', () => {
    expect(parseSourceUrl('SRV:_x._tcp.y')).toMatchObject({ scheme: 'srv', hosts: [], path: '_x._tcp.y' });
    expect(parseSourceUrl('file:///a/b')).toMatchObject({ hosts: [], path: 'a/b' });
    expect(parseSourceUrl('file:/a/b')).toMatchObject({ hosts: [], path: '/a/b' });
  });

  test('or refused, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ':', '/', '?', '&', '=', '%', '@', ',', '4', '1') }),
        (text) => {
          try {
            parseSourceUrl(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidSetting);
          }
        },
      ),
    );
  });
});
