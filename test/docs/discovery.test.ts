import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SOURCE_TYPES } from '../../core/discovery/source-types.ts';

const docs = join(import.meta.dirname, '../../docs');

test('the page on discovery has a row for every type of source, in the order in which they are asked, and a page for each', () => {
  const rows = readFileSync(join(docs, 'discovery.md'), 'utf8').matchAll(/^\| `([a-z]+)`.*\(([a-z/]+\.md)\) +\|$/gm);
  const told = [...rows].map(([, type, page]) => ({ type: type!, page: page! }));
  expect(told.map(({ type }) => type)).toEqual(SOURCE_TYPES.map(({ type }) => type));
  for (const { page } of told) expect([page, existsSync(join(docs, page))]).toEqual([page, true]);
});
