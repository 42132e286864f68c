import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { promoteCommand } from '../../cli/commands/promote.ts';
import { shrinkCommand } from '../../cli/commands/shrink.ts';
import { saveFailures } from '../../cli/save-failures.ts';
import { openCatalogue } from '../../scenarios/catalogue.ts';
import type { Catalogue } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { playRun } from '../../scenarios/play.ts';
import { inlinePlayer } from '../../scenarios/player.ts';
import { playSuite } from '../../scenarios/suite.ts';

const LEASE = fileURLToPath(new URL('../../docs/examples/leader-lease/scenarios.ts', import.meta.url));
const code = identifyCode([LEASE]);

let folder = '';
let catalogue: Catalogue;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-shrink-'));
  catalogue = await openCatalogue([LEASE]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const tokenOf = async (name: string) => (await playRun(catalogue.find(name), 20, { mode: 'reference', code })).token;

/** What a command prints, and what it ends with. */
async function told(command: () => Promise<number>): Promise<{ status: number; text: string }> {
  let text = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((data) => {
    text += String(data);
    return true;
  });
  try {
    return { status: await command(), text };
  } finally {
    spy.mockRestore();
  }
}

describe('rollcall shrink', () => {
  test('brings the naive lease down to what its author must know', async () => {
    const file = join(folder, 'lease.test.mjs');
    const token = await tokenOf('naive-lease');
    const { status, text } = await told(() => shrinkCommand(token, [LEASE], { output: file, jobs: '1' }));
    expect(status).toBe(0);
    expect(text.split('\n').slice(0, 5)).toEqual([
      'naive-lease-20-one-leader breaks one-leader (c>d)',
      '  Shrunk:  18 faults to 1, 5 hosts to 4, 120 s to 12 s',
      '           Without this fault it passes or fails in another way.',
      '  Faults:  6.994706 s: c freezes, timers included until 11.407395 s',
      `  File:    ${file}`,
    ]);
    expect(readFileSync(file, 'utf8')).toContain("hosts: ['c'], mode: 'freeze', for: 4_412_689 },");
  });

  test('refuses a run that passes', async () => {
    const token = await tokenOf('careful-lease');
    await expect(shrinkCommand(token, [LEASE], {})).rejects.toThrow('careful-lease, seed 20, passes');
  });
});

test('rollcall promote keeps a failing run under the name that it is given', async () => {
  const token = await tokenOf('naive-lease');
  const options = { name: 'two-leaders-after-a-freeze', dir: join(folder, 'promoted') };
  const { status, text } = await told(() => promoteCommand(token, [LEASE], options));
  expect(status).toBe(0);
  expect(text).toContain('two-leaders-after-a-freeze breaks one-leader (c>d)');
  expect(readdirSync(options.dir)).toEqual(['two-leaders-after-a-freeze.test.mjs']);
});

test('rollcall run --save-failures keeps each distinct failure once, and says where', async () => {
  const scenarios = [catalogue.find('naive-lease')];
  const plan = { scenarios, files: [], version: '0', seeds: 2, firstSeed: 19 };
  const suite = await playSuite(plan, inlinePlayer(catalogue.find, code));
  const kept = join(folder, 'kept');
  const file = join(kept, 'naive-lease-20-one-leader.test.mjs');
  const headline = 'FAIL naive-lease, seed 20: one-leader (c>d) at 11.407395 s';
  expect(await saveFailures(suite, kept, catalogue, code)).toBe(`${headline}: kept in ${file}\n`);
  expect(await saveFailures(suite, kept, catalogue, code)).toBe(`${headline}: is in ${file} already\n`);
});
