import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { configInWords } from '../../cli/config-in-words.ts';
import { FIELDS, variableOf } from '../../core/config/fields.ts';
import { printConfig } from '../../core/config/print.ts';
import { readConfig } from '../../core/config/read.ts';
import type { SourceConfig } from '../../core/discovery/source-type.ts';
import { SOURCE_TYPES } from '../../core/discovery/source-types.ts';
import { asText, tablesOf, valuesOf } from './arbitrary.ts';

const SECRET = '5ecret';
const ofFile = (tree: object) => readConfig({ file: { path: 'f', text: stringify(tree) }, environment: {} });
const sourcesOf = (tree: object): readonly SourceConfig[] => ofFile(tree).config.cluster.discovery.sources;

describe.each(SOURCE_TYPES.map((type) => [type.type, type] as const))('a source of type %s', (name, type) => {
  const tables = tablesOf(type);
  const ofPublic = tablesOf(type, true);

  test('has keys of which these tests know values, and whose defaults are good', () => {
    for (const key of type.keys) {
      expect(valuesOf(key), key.name).not.toEqual([]);
      if (key.initial === undefined || key.required === true) continue;
      key.kind.check(key.initial, ({ allowed }) => expect.unreachable(`${key.name} must be ${allowed}`));
    }
  });

  test('is told the same beside its name, in a table of its own, in an entry, in code and by variables', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const told = sourcesOf({ cluster: { discovery: { type: name, ...table } } });
        expect(told[0]!.type).toBe(name);
        expect(sourcesOf({ cluster: { discovery: { sources: [{ type: name, ...table }] } } })).toEqual(told);
        expect(sourcesOf({ cluster: { discovery: { type: name }, [name]: table } })).toEqual(told);
        for (const under of ['cluster.discovery', `cluster.${name}`]) {
          const said = Object.entries(table).map(([key, value]) => {
            return [variableOf(`${under}.${key}`), asText(key, value)] as const;
          });
          const environment = { ROLLCALL_CLUSTER_DISCOVERY_TYPE: name, ...Object.fromEntries(said) };
          expect(readConfig({ environment }).config.cluster.discovery.sources).toEqual(told);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('says in words what is asked, and never a secret', () => {
    const secrets = Object.fromEntries(
      type.keys.filter(({ secret }) => secret === true).map((key) => [key.name, SECRET]),
    );
    fc.assert(
      fc.property(tables, (table) => {
        const told = Object.fromEntries(Object.entries(table).map(([key, value]) => [key, secrets[key] ?? value]));
        const words = configInWords(ofFile({ cluster: { discovery: { type: name, ...told } } }).config).join('\n');
        expect(words).not.toContain(SECRET);
        expect(words).toMatch(/^It (finds peers by \S|has nobody to ask)/m);
        expect(words).not.toMatch(/undefined|\[object/);
      }),
      { numRuns: 20 },
    );
  });

  test('is printed as it is read', () => {
    fc.assert(
      fc.property(ofPublic, fc.boolean(), (table, flat) => {
        const source = { type: name, ...table };
        const result = ofFile({ cluster: { discovery: flat ? source : { sources: [source] } } });
        const text = printConfig(result);
        expect(readConfig({ file: { path: 'p', text }, environment: {} }).config).toEqual(result.config);
      }),
      { numRuns: 20 },
    );
  });
});

test('no key of a source has the name of a key of the chain', () => {
  const ofChain = new Set(FIELDS.map(({ path }) => path));
  const flat = SOURCE_TYPES.flatMap(({ keys }) => keys.map(({ name }) => `cluster.discovery.${name}`));
  expect(flat.filter((path) => ofChain.has(path))).toEqual([]);
});
