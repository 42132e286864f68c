import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..', '..');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-installed-'));
  // The nearest package.json says what a .ts file is: this one says nothing, whatever lies further up.
  writeFileSync(join(folder, 'package.json'), '{}');
  const installed = join(folder, 'node_modules/rollcall');
  for (const part of ['dist', 'package.json']) cpSync(join(ROOT, part), join(installed, part), { recursive: true });
  for (const name of Object.keys(manifest.dependencies)) {
    const place = join(folder, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), place);
  }
  // Stands in front of any tsx that a folder further up may hold, and has nothing to offer.
  mkdirSync(join(folder, 'node_modules/tsx'));
  writeFileSync(join(folder, 'node_modules/tsx/package.json'), JSON.stringify({ name: 'tsx', exports: {} }));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The built package, installed with its dependencies and nothing else. */
function rollcall(...given: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'node_modules/rollcall/dist/cli/main.js'), ...given],
    { cwd: folder, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

const SCENARIO = `export const own = {
  name: 'own',
  summary: 'nobody does nothing',
  stage: () => ({ hosts: [{ name: 'n1', program: () => {} }], faults: [], duration: 1, invariants: [] }),
};
`;

test('an installed package plays scenarios in JavaScript', () => {
  writeFileSync(join(folder, 'own.mjs'), SCENARIO);
  const { status, stdout } = rollcall('run', './own.mjs', '--seeds', '1');
  expect({ status, line: /^own +1 pass/m.exec(stdout)?.[0] }).toEqual({
    status: 0,
    line: expect.stringContaining('own'),
  });
});

test('and says in one line what TypeScript needs', () => {
  writeFileSync(join(folder, 'own.mts'), SCENARIO);
  const { status, stderr } = rollcall('run', './own.mts', '--seeds', '1');
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /^rollcall: .*own\.mts: reading TypeScript needs tsx\. Install it: npm install --save-dev tsx\n$/,
  );
});

test('and what TypeScript in a CommonJS package needs', () => {
  writeFileSync(join(folder, 'own.ts'), SCENARIO);
  const { status, stderr } = rollcall('run', './own.ts', '--seeds', '1');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^rollcall: .*own\.ts: here it counts as CommonJS\. Rename it to \.mts.*\n$/);
});
