import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { keyName } from '../../core/config/kinds.ts';
import { tomlPositions } from '../../core/config/toml-positions.ts';

const DOCUMENT = `# cluster.label = "not this one"
top = 1
[ cluster . network ]
  "swim_bind" = """
[cluster.fake]
x = 1 \\"""" # [cluster.comment]
'mode' = 'udp'
seeds = [ # a comment, with ] and "
  "a:1", '''b
''',
  [ 1, { deep = true } ],
]
[cluster]
tags = { role = "db, x = 1", "a.b".c = 'd' , last = { e = 1 } }
dotted . key."with \\u0041" = 2
[[cluster.discovery.sources]]
type = "dns"
[[cluster.discovery.sources]]
type = "static"
  [cluster.discovery.sources.inner]
  x = 1
`;

describe('every key has its place', () => {
  const positions = tomlPositions(DOCUMENT);

  test('in a document that a parser takes', () => {
    expect(parse(DOCUMENT)).toBeDefined();
  });

  test.each([
    ['top', 2, 1],
    ['cluster.network', 3, 1],
    ['cluster.network.swim_bind', 4, 3],
    ['cluster.network.mode', 7, 1],
    ['cluster.network.seeds', 8, 1],
    ['cluster.network.seeds[0]', 9, 3],
    ['cluster.network.seeds[1]', 9, 10],
    ['cluster.network.seeds[2][0]', 11, 5],
    ['cluster.network.seeds[2][1].deep', 11, 10],
    ['cluster', 3, 1],
    ['cluster.tags.role', 14, 10],
    ['cluster.tags."a.b".c', 14, 30],
    ['cluster.tags.last.e', 14, 55],
    ['cluster.dotted.key."with A"', 15, 1],
    ['cluster.discovery.sources[0].type', 17, 1],
    ['cluster.discovery.sources[1]', 18, 1],
    ['cluster.discovery.sources[1].type', 19, 1],
    ['cluster.discovery.sources[1].inner.x', 21, 3],
  ])('%s in line %i, column %i', (path, line, column) => {
    expect(positions(path)).toEqual({ line, column });
  });

  test('what is missing has that of its table', () => {
    expect(positions('cluster.network.tls.cert_file')).toEqual({ line: 3, column: 1 });
    expect(positions('cluster.discovery.sources[1].service')).toEqual({ line: 18, column: 1 });
    expect(positions('admin')).toBeUndefined();
    expect(positions('cluster.label')).toEqual({ line: 3, column: 1 });
  });
});

test('after a byte order mark and with line ends of Windows', () => {
  const positions = tomlPositions('\uFEFFa = 1\r\n[b]\r\n c = 2\r\n');
  expect(positions('b.c')).toEqual({ line: 3, column: 2 });
});

type Tree = { [key: string]: unknown };

const { tree } = fc.letrec<{ tree: Tree; value: unknown }>((tie) => ({
  tree: fc.dictionary(
    fc.oneof(fc.stringMatching(/^[a-z]{1,4}$/), fc.string({ minLength: 1, maxLength: 6 })),
    tie('value'),
    {
      maxKeys: 4,
      noNullPrototype: true,
    },
  ),
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'toml' },
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3, depthIdentifier: 'toml' }),
    tie('tree'),
  ),
}));

test('whatever a document holds, each place begins with the key that it is the place of', () => {
  fc.assert(
    fc.property(tree, (document) => {
      const text = stringify(document);
      const positions = tomlPositions(text);
      const lines = text.split('\n');
      const walk = (table: Tree, parts: readonly string[]): void => {
        for (const [name, value] of Object.entries(table)) {
          const inside = [...parts, name];
          const { line, column } = positions(inside.map(keyName).join('.'))!;
          const found = lines[line - 1]!.slice(column - 1);
          const has = found.startsWith('[') ? holds(parse(found), inside) : Object.hasOwn(firstPair(found), name);
          expect({ found, inside, has }).toMatchObject({ has: true });
          if (typeof value === 'object' && !Array.isArray(value)) walk(value as Tree, inside);
        }
      };
      walk(document as Tree, []);
    }),
  );
});

/** Whether a header opens this table, or one inside it. */
function holds(header: Tree, parts: readonly string[]): boolean {
  let table: unknown = header;
  for (const part of parts) {
    if (!Object.hasOwn(table as Tree, part)) return false;
    table = (table as Tree)[part];
  }
  return true;
}

/** The table that a text begins with one key of. */
function firstPair(text: string): Tree {
  const [key = ''] = /^("([^"\\]|\\.)*"|'[^']*'|[\w-]+)/.exec(text) ?? [];
  return parse(`${key} = 1`) as Tree;
}
