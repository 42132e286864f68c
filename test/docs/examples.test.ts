import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const EXAMPLES = join(ROOT, 'docs', 'examples');

// As a reader plays it: with the built command, through the names of the package.
test('the scenario of CONTRIBUTING plays and passes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-example-'));
  try {
    const args = [join(ROOT, 'dist/cli/main.js'), 'run', join(EXAMPLES, 'cut-off-twice.ts'), '--seeds', '3'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
    expect(stdout).toContain('3 passed, 0 failed');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(['cut-off-twice.ts', 'calm-refutations.ts', 'frame-clock.ts'])('CONTRIBUTING shows %s as it is', (name) => {
  const shown = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  expect(shown).toContain(readFileSync(join(EXAMPLES, name), 'utf8').trim());
});

test('the page on membership shows its example and what it prints', () => {
  const page = readFileSync(join(ROOT, 'docs', 'membership.md'), 'utf8');
  const example = join(EXAMPLES, 'first-cluster.ts');
  expect(page).toContain(readFileSync(example, 'utf8').trim());
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', example], { cwd: ROOT, encoding: 'utf8' });
  expect(status).toBe(0);
  expect(page).toContain(stdout.trim());
});
