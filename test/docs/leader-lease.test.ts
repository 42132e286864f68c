import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const EXAMPLE = join(ROOT, 'docs/examples/leader-lease');
const SCENARIOS = join(EXAMPLE, 'scenarios.ts');
const PAGE = readFileSync(join(ROOT, 'docs/testing-your-own-program.md'), 'utf8');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-lease-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As a reader plays it: with the built command, through the names of the package. */
function rollcall(...given: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...given], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('the leader lease of the documentation', () => {
  test('in its naive version breaks at the seed that the page names, and replays to the story that it tells', () => {
    const run = rollcall('run', SCENARIOS, 'naive-lease', '--seeds', '20');
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('19 passed, 1 failed');
    const failure = run.stdout.split('\n').filter((line) => /^FAIL naive|^ {2}(Rule|Seen):/.test(line));
    expect(failure).toHaveLength(3);
    for (const line of failure) expect(PAGE).toContain(line);

    const token = /rc1:\S+/.exec(run.stdout)![0];
    const story = rollcall('replay', token, SCENARIOS, '--from', '6s', '--kind', 'fault,elected');
    expect(story.status).toBe(1);
    const told = story.stdout.split('\n').filter((line) => /^ +\d+\.\d{6} {2}/.test(line));
    expect(told).toHaveLength(3);
    for (const line of told) expect(PAGE).toContain(line);
  });

  test('in its careful version holds on the same days', () => {
    expect(rollcall('run', SCENARIOS, 'careful-lease', '--seeds', '200')).toMatchObject({ status: 0, stderr: '' });
  });

  test('is shown as it is', () => {
    const source = readFileSync(join(EXAMPLE, 'lease.ts'), 'utf8');
    for (const judgement of ['naive', 'careful']) {
      const shown = new RegExp(`export const ${judgement}: Judgement = \\{[^}]*\\};`).exec(source)![0];
      expect(PAGE).toContain(shown);
    }
  });
});
