import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identifyCode } from '../../scenarios/code.ts';
import { withImports } from '../../scenarios/imports.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'rollcall-imports-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const named = (...files: string[]) => withImports(files).map((file) => basename(file));

test('a file comes with what it imports, however that is written, and once', () => {
  write('lease.ts', "import type { Vote } from './protocol.js';\nimport './entry.ts';");
  write('protocol.ts', 'export interface Vote {}');
  write('later.js', '');
  const lines = [
    "import { SECOND } from 'rollcall/core';",
    "import {\n  lease,\n} from './lease.ts';",
    "export * from './protocol';",
    'const later = await import("./later.js");',
    "const words = 'taken from ./nowhere.ts';",
  ];
  const entry = write('entry.ts', lines.join('\n'));
  expect(named(entry, entry)).toEqual(['entry.ts', 'later.js', 'lease.ts', 'protocol.ts']);
});

test('tokens tell code apart by what a file imports', () => {
  const entry = write('scenarios.mjs', "import { wait } from './program.mjs';");
  write('program.mjs', 'export const wait = 3;');
  const before = identifyCode([entry]).digest;
  write('program.mjs', 'export const wait = 2;');
  expect(identifyCode([entry]).digest).not.toBe(before);
});
