import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { huntCommand } from '../../cli/commands/hunt.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SCENARIOS = join(ROOT, 'docs/examples/leader-lease/scenarios.ts');

/** A project that has the package installed. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-hunt-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'rollcall'), 'dir');
});
afterAll(() => rmSync(folder, { recursive: true }));

function hunt(...given: string[]) {
  const command = [join(ROOT, 'dist/cli/main.js'), 'hunt', ...given, '--jobs', '1'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('rollcall hunt, with a program of the user', () => {
  const naive = [SCENARIOS, '--focus', 'naive-lease', '--seeds', '100'];

  test('finds its bug, keeps it, and says how to see it and how to make it small', () => {
    const { status, stdout } = hunt(...naive);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^canary +caught in run 1: no-exception/m);
    expect(stdout).toMatch(/^FAIL naive-lease, seed 20: one-leader/m);
    const [file] = readdirSync(join(folder, 'rollcall-failures'));
    expect(stdout).toContain(`Saved:   ./rollcall-failures/${file}`);
    expect(stdout).toMatch(new RegExp(`npx rollcall replay rc1:\\S+ \\S+scenarios.ts ./rollcall-failures/${file}`));
    expect(stdout).toMatch(/npx rollcall shrink rc1:\S+/);
  });

  test('plays what was kept first, and goes no further while it fails', () => {
    const { status, stdout } = hunt(...naive);
    expect(status).toBe(1);
    expect(stdout).toContain('1 saved failure: 1 still fails, 0 pass now');
    expect(stdout).toContain('npx rollcall shrink');
    expect(stdout).not.toContain('canary');
  });

  test('says what passes now, and hunts on', () => {
    const kept = join(folder, 'rollcall-failures');
    const file = join(kept, readdirSync(kept)[0]!);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll("'naive-lease'", "'careful-lease'"));
    const { status, stdout } = hunt(SCENARIOS, '--focus', 'careful-lease', '--seeds', '40');
    expect(stdout).toContain('1 saved failure: 0 still fail, 1 passes now');
    expect(stdout).toContain('nothing found in 40 runs');
    expect(status).toBe(0);
  });
});

test.each([
  [[], { seeds: '5', time: '5s' }, /--seeds and --time exclude each other/],
  [['swarm'], {}, /--focus swarm/],
  [[], { focus: 'swram' }, /swarm/],
  [[], { time: 'soon' }, /--time is "soon"/],
  [[], { seeds: '0' }, /--seeds is "0"/],
  [[], { dir: '/proc/nothing/here' }, /cannot be written/],
])('refuses %j with %j', async (files, options, message) => {
  await expect(huntCommand(files, options as Record<string, string>)).rejects.toThrow(message);
});
