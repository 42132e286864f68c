import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('the package holds whatever its README links to', () => {
  const links = [...read('README.md').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!);
  expect(links).toContain('CONTRIBUTING.md');
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  // npm packs README and LICENSE by itself.
  const packed = [...files, 'LICENSE'];
  const missing = links.filter((path) => !packed.some((held) => path === held || path.startsWith(`${held}/`)));
  expect(missing).toEqual([]);
});

test('the package is built without maps to sources that it does not hold', () => {
  const { compilerOptions } = JSON.parse(read('tsconfig.build.json')) as { compilerOptions: Record<string, unknown> };
  expect(compilerOptions['sourceMap'] === true && compilerOptions['inlineSources'] !== true).toBe(false);
});
