import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { diffCommand } from '../../cli/commands/diff.ts';
import { replayCommand } from '../../cli/commands/replay.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { playRun } from '../../scenarios/play.ts';
import { formatToken, parseToken } from '../../scenarios/token.ts';
import { calm, strict } from '../scenarios/fixtures/own.ts';

const OWN = fileURLToPath(new URL('../scenarios/fixtures/own.ts', import.meta.url));

let folder = '';
let failing = '';
let passing = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-diff-'));
  const options = { mode: 'reference', code: identifyCode([OWN]) } as const;
  failing = (await playRun(strict, 1, options)).token;
  passing = (await playRun(calm, 1, options)).token;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a command writes, and the number that it ends with. */
async function said(command: Promise<number>): Promise<{ status: number; text: string }> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const status = await command;
    return { status, text: write.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    write.mockRestore();
  }
}

describe('rollcall replay', () => {
  test('--story ends with the rule that was broken and with 1', async () => {
    const { status, text } = await said(replayCommand(failing, [OWN], { story: true }));
    expect(status).toBe(1);
    expect(text).toMatch(/^own-strict, seed 1: /);
    expect(text).toMatch(/ 1 +\d+\.\d{6} {2}n\d boots\n/);
    expect(text).toContain('breaks few-answers');
    expect(text).toContain('No fault began this');
    expect(text).toContain('Replay:  npx rollcall replay rc1:own-strict:1:');
  });

  test('--story of a run that passed ends with 0', async () => {
    const { status, text } = await said(replayCommand(passing, [OWN], { story: true }));
    expect(status).toBe(0);
    expect(text).toContain('no failure to');
  });

  test.each([
    [{ story: true, from: '3s' }, '--story takes the whole run: leave --from out.'],
    [{ story: true, wire: true }, '--story takes the whole run: leave --wire out.'],
    [{ saveTrace: 'x', node: 'n1' }, '--save-trace takes the whole run: leave --node out.'],
    [{ story: true, saveTrace: 'x' }, '--story and --save-trace are two commands.'],
    [{ about: 'n1' }, 'Add --story.'],
    [{ story: true, about: 'n77' }, '--about: this run has no host "n77". Did you mean'],
  ] as const)('refuses %o in words', async (options, words) => {
    await expect(replayCommand(passing, [OWN], options)).rejects.toThrow(words);
  });
});

describe('rollcall diff', () => {
  test('of a run and its trace ends with 0, of two runs with 1', async () => {
    const file = join(folder, 'deep', 'own.trace');
    const saved = await said(replayCommand(failing, [OWN], { saveTrace: file }));
    expect(saved).toMatchObject({ status: 0, text: expect.stringMatching(/own\.trace: \d+ events, [\d,]+ bytes\n$/) });
    const same = await said(diffCommand(file, failing, [OWN]));
    expect(same).toMatchObject({ status: 0, text: expect.stringContaining('The same, event by event.') });
    const other = await said(diffCommand(file, passing, [OWN]));
    expect(other.status).toBe(1);
    expect(other.text).toContain('A plays own-strict, B own-calm');
  });

  test('says of a token of other code what was played instead', async () => {
    const old = formatToken({ ...parseToken(passing), code: 'ffffffff', hash: '0000000000000000' });
    const { text } = await said(diffCommand(failing, old, [OWN]));
    expect(text).toContain('B: The code has changed: the token is from source ffffffff');
  });

  test('cannot play one run by two builds, and says how to go about it', async () => {
    const old = formatToken({ ...parseToken(passing), code: 'ffffffff', hash: '0000000000000000' });
    await expect(diffCommand(old, passing, [OWN])).rejects.toThrow(
      'With the build of ffffffff, save that run with `rollcall replay TOKEN --save-trace before.trace`',
    );
  });

  test('names a file that is not there, and one that is no trace', async () => {
    await expect(diffCommand('nowhere.trace', passing, [OWN])).rejects.toThrow('nowhere.trace: there is no such file.');
    await expect(diffCommand(OWN, passing, [OWN])).rejects.toThrow('it is no trace of a run');
  });
});
