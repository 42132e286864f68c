import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { literal } from '../../scenarios/regression/literal.ts';

const read = (source: string): unknown => runInThisContext(`(${source})`);

/** Whatever ends a text, a line or an escape. */
const NASTY = fc.constantFrom(...'a0_$ \'"`\\\n\r\t\0\u2028\u2029', '\uD800', '${');

test('data written as source is the same data', () => {
  const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const named = fc.string({ unit: NASTY }).map((text) => JSON.parse(JSON.stringify({ [text]: text })) as unknown);
  fc.assert(
    fc.property(fc.oneof(json, named), (value) => {
      expect(read(literal(value))).toEqual(value);
    }),
    { numRuns: 60 },
  );
  expect(Object.keys(read(literal(JSON.parse('{"__proto__":1}'))) as object)).toEqual(['__proto__']);
});

test('a fault stands on one line, as a person would have written it', () => {
  const fault = { id: "rain's", at: 6_994_706, only: undefined, from: ['n1', 'n2'], 'two words': [1, 10], deep: {} };
  expect(literal(fault)).toBe(`{ id: 'rain\\'s', at: 6_994_706, from: ['n1', 'n2'], 'two words': [1, 10], deep: {} }`);
  expect(literal({ text: 'a\nb\u2028c' })).not.toMatch(/[\n\u2028]/);
});
