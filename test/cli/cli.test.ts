import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatToken, parseToken } from '../../scenarios/token.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../scenarios/fixtures/', import.meta.url));
const OWN = join(FIXTURES, 'own.ts');
const TSX = import.meta.resolve('tsx');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command from source; presses Ctrl-C once stderr has so many lines. */
function rollcall(given: readonly string[], interruptAfter?: number): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...given], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
      if (interruptAfter !== undefined && stderr.split('\n').length > interruptAfter && !child.killed)
        child.kill('SIGINT');
    });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

const results = () => JSON.parse(readFileSync(join(folder, 'rollcall-results/results.json'), 'utf8'));

describe('rollcall run', () => {
  test('ends with 0 when all pass, and writes the results', async () => {
    const { status, stdout, stderr } = await rollcall(['run', OWN, 'own-calm', '--seeds', '3', '--jobs', '1']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/own-calm +3 pass/);
    expect(stdout).not.toContain('\u001B');
    expect(results().runs.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2, 3]);
  });

  test('ends with 1 when one fails, and its last line replays the failure', async () => {
    const run = await rollcall(['run', OWN, 'own-strict', '--seed', '17']);
    expect(run.status).toBe(1);
    const [npx, name, ...line] = run.stdout.trimEnd().split('\n').at(-1)!.split(' ');
    expect([npx, name]).toEqual(['npx', 'rollcall']);
    const replayed = await rollcall(line);
    expect(replayed.status).toBe(1);
    expect(replayed.stdout).toContain('own-strict, seed 17');
    expect(replayed.stdout).toContain('n3     answered');
    expect(replayed.stdout).not.toContain('The code has changed');
  });

  test('ends with 3 when a program is not deterministic', async () => {
    const { status, stdout } = await rollcall(['run', join(FIXTURES, 'planted.ts'), 'planted-clock', '--seeds', '1']);
    expect(status).toBe(3);
    expect(stdout).toContain('NONDETERMINISTIC planted-clock, seed 1: no-ambient-nondeterminism (Date.now)');
  });

  test('ends with 130 on Ctrl-C, and still writes what was played', async () => {
    const given = ['run', join(FIXTURES, 'endless.ts'), '--seeds', '100000', '--jobs', '1'];
    const { status, stdout } = await rollcall(given, 20);
    expect(status).toBe(130);
    expect(stdout).toContain('not played: interrupted');
    expect(results()).toMatchObject({ stopped: 'interrupted' });
    expect(results().runs.length).toBeGreaterThan(0);
  });

  test('gives the reporter that was asked for, to stdout or into a file', async () => {
    const [json, junit] = await Promise.all([
      rollcall(['run', OWN, 'own-calm', '--seeds', '1', '--reporter', 'json']),
      rollcall(['run', OWN, 'own-calm', '--seeds', '1', '--reporter', 'junit', '--output-file', 'reports/junit.xml']),
    ]);
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'pass' });
    expect(readFileSync(join(folder, 'reports/junit.xml'), 'utf8')).toContain(
      '<testcase classname="own-calm" name="seed 1">',
    );
    expect(junit.stdout).toMatch(/own-calm +1 pass/);
  });

  test('does not mind a reader that goes away', async () => {
    const child = spawn(process.execPath, ['--import', TSX, MAIN, 'run', OWN, '--seeds', '1'], { cwd: folder });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^Timelines of 1 failure [^\n]+\n$/),
    });
  });
});

describe('a mistake is told in one line, with a suggestion, and ends with 2', () => {
  const token = formatToken({
    scenario: 'own-strikt',
    seed: 1,
    mode: 'reference',
    stage: '00000000',
    version: '0.1.0',
    code: '00000000',
    hash: '0000000000000000',
  });

  test.concurrent.each([
    ['an unknown command', ['rnu'], 'run'],
    ['a missing token', ['shrink'], '`--help` says'],
    ['a command unlike any', ['foo'], '`rollcall --help` lists all'],
    ['an unknown flag', ['run', '--sed', '1'], '--seed'],
    ['an unknown scenario', ['run', OWN, 'own-strikt'], 'Did you mean "own-strict"?'],
    ['an unknown reporter', ['run', '--reporter', 'pritty'], 'pretty, json, junit, github'],
    ['a bad seed', ['run', '--seed', '1e3'], '--seed 17'],
    ['a bad count', ['run', '--seeds', '0'], '--seeds 4'],
    ['too many seeds', ['run', '--seeds', '2000000'], 'at most 1000000'],
    ['seeds beyond the last', ['run', '--seed', '4294967295', '--seeds', '2'], 'beyond 4294967295'],
    ['an output file that is a folder', ['run', '--output-file', '/'], 'it is a folder'],
    ['an output file where no folder can be', ['run', '--output-file', '/dev/null/x/y'], '/dev/null is not a folder'],
    ['an output file where nothing can be made', ['run', '--output-file', '/proc/x/y/z'], 'cannot be written'],
    ['an empty pattern', ['run', ''], 'A pattern is empty'],
    ['a file without what was asked for', ['run', OWN, 'crash-of-one'], 'only own-calm, own-strict'],
    ['a bad shard', ['run', '--shard', '3/2'], '--shard 1/4'],
    ['a bad time', ['run', '--time-limit', 'soon'], '--time-limit 12.5s'],
    ['a file that is not there', ['run', './nowhere.ts'], './nowhere.ts'],
    ['a word that is no token', ['replay', 'crash-of-one'], 'Copy the whole word'],
    ['a cut token', ['replay', token.slice(0, -5)], 'cut'],
    ['a changed token', ['replay', token.replace('own', 'won')], 'check digits'],
    ['a token of a scenario in a file that was not named', ['replay', token], 'name its file after the token'],
    ['a token of an unknown scenario', ['replay', token, OWN], 'Did you mean "own-strict"?'],
  ])('%s', async (_, given, hint) => {
    const { status, stdout, stderr } = await rollcall(given);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^rollcall: .+\n$/);
    expect(stderr).toContain(hint);
  });

  test('a file that fails at its import, with the place', async () => {
    writeFileSync(join(folder, 'throwing.mjs'), `\nthrow new Error('not today');\n`);
    writeFileSync(join(folder, 'cut.mjs'), `export const\n`);
    const [throwing, cut] = await Promise.all([rollcall(['run', './throwing.mjs']), rollcall(['run', './cut.mjs'])]);
    expect(throwing.stderr).toMatch(/^rollcall: .*not today \(at .*throwing\.mjs:2:7\)\n$/);
    expect(cut.stderr).toMatch(/^rollcall: .*\(.*cut\.mjs:\d+\)\n$/);
    expect([throwing.status, cut.status]).toEqual([2, 2]);
  });

  test('a scenario whose stage lacks a field', async () => {
    const stage = `() => ({ hosts: [], duration: 1, invariants: [] })`;
    writeFileSync(join(folder, 'lacking.mjs'), `export const own = { name: 'own', summary: 'own', stage: ${stage} };`);
    const { status, stderr } = await rollcall(['run', './lacking.mjs']);
    expect(status).toBe(2);
    expect(stderr).toContain('what its stage returns needs faults: a list of faults');
  });

  test('a scenario whose stage cannot be built', async () => {
    const file = join(folder, 'broken.mjs');
    const stage = `() => ({ hosts: [], faults: [{ id: 'f', at: 0, kind: 'crash', hosts: ['n9'] }], duration: 1, invariants: [] })`;
    writeFileSync(file, `export const broken = { name: 'broken', summary: 'broken', stage: ${stage} };\n`);
    const { status, stderr } = await rollcall(['run', './broken.mjs']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^rollcall: Scenario "broken": its stage for seed 1 cannot be built: .*n9.*\n$/);
  });
});

describe('the other commands', () => {
  test('list names and summaries', async () => {
    const { status, stdout } = await rollcall(['list', OWN]);
    expect(status).toBe(0);
    expect(stdout).toBe('own-calm    three hosts ping one another\nown-strict  three hosts ping one another\n');
  });

  test('verify passes what is deterministic, and ends with 3 on what is not', async () => {
    const [good, bad] = await Promise.all([
      rollcall(['verify', OWN, 'own-calm', '--seeds', '1']),
      rollcall(['verify', join(FIXTURES, 'planted.ts'), 'planted-order', '--seeds', '1']),
    ]);
    expect(good.stdout).toBe('pass: 1 run, 5 plays, every hash the same\n');
    expect(good.status).toBe(0);
    expect(bad.stdout).toMatch(/First differing event: number .*\n +once: .*met-n\d\n +again: .*met-n\d\n/);
    expect(bad.status).toBe(3);
  });

  test('a filter of a replay that nothing could pass ends with 2', async () => {
    const { stdout } = await rollcall(['run', OWN, 'own-calm', '--seed', '3', '--reporter', 'json']);
    const { token } = JSON.parse(stdout).runs[0];
    const filters = [
      ['--kind', 'fualt', 'Did you mean "fault"?'],
      ['--from', '9s', 'Swap them'],
      ['--node', 'zebra', 'It has n1, n2, n3.'],
    ] as const;
    const told = filters.map(async ([flag, value, hint]) => {
      const { status, stderr } = await rollcall(['replay', token, OWN, flag, value, '--to', '3s']);
      expect({ status, hinted: stderr.includes(hint), stderr }).toMatchObject({ status: 2, hinted: true });
    });
    await Promise.all(told);
  });

  test('a token of other code says so', async () => {
    const { stdout } = await rollcall(['run', OWN, 'own-strict', '--seed', '3', '--reporter', 'json']);
    const token = parseToken(JSON.parse(stdout).runs[0].token);
    const old = formatToken({ ...token, code: '00000000', hash: '0000000000000000' });
    expect((await rollcall(['replay', old, OWN])).stdout).toContain('The code has changed: the token is from source');
  });

  test('help and version go to stdout', async () => {
    const [help, runHelp, version] = await Promise.all([
      rollcall(['--help']),
      rollcall(['run', '--help']),
      rollcall(['--version']),
    ]);
    expect([help.status, runHelp.status, version.status]).toEqual([0, 0, 0]);
    expect(help.stdout).toContain('replay');
    expect(runHelp.stdout).toContain('Exit codes:');
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});
