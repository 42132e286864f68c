import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCatalogue } from '../../scenarios/catalogue.ts';
import { playRun } from '../../scenarios/play.ts';
import type { FailingRun } from '../../scenarios/regression/failing-run.ts';
import { failingRunOf } from '../../scenarios/regression/failing-run.ts';
import { saveRegression } from '../../scenarios/regression/save.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { parseToken } from '../../scenarios/token.ts';
import type { Fault } from '../../simulator/faults/fault.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LEASE = join(ROOT, 'docs/examples/leader-lease/scenarios.ts');
const code = { version: '0.1.0', digest: '77ab01c2' };

let folder = '';
let naive: Scenario;
let failing: FailingRun;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-kept-'));
  // As in a project that has the package installed.
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/rollcall'));
  naive = (await openCatalogue([LEASE])).find('naive-lease');
  const { violation } = await playRun(naive, 20, { mode: 'reference', code });
  failing = { scenario: naive, seed: 20, mode: 'reference', failure: violation! };
});
afterEach(() => rmSync(folder, { recursive: true }));

const save = (run: FailingRun = failing, more: { name?: string; notes?: string[] } = {}, to = { folder }) =>
  saveRegression(run, { to, files: [LEASE], code, ...more });
const files = () => readdirSync(folder).filter((name) => name.endsWith('.mjs'));

describe('a failure that is kept', () => {
  test('is one file, named for scenario, seed and rule, that plays the same run', async () => {
    const { file, name, token } = await save();
    expect(file).toBe(join(folder, 'naive-lease-20-one-leader.test.mjs'));
    const catalogue = await openCatalogue([file]);
    const { result, warning } = await failingRunOf(parseToken(token), catalogue, code);
    expect(warning).toBeUndefined();
    expect(result.hash).toBe((await playRun(naive, 20, { mode: 'reference', code })).hash);
    expect(catalogue.select([]).map((scenario) => scenario.name)).toEqual([name]);
  });

  test('is refused when it is another run the second time', async () => {
    const { hash } = await playRun(naive, 20, { mode: 'reference', code });
    expect((await save({ ...failing, hash })).isNew).toBe(true);
    await expect(save({ ...failing, hash: '5f3a00112233aabb' }, { name: 'other' })).rejects.toThrow('played twice');
    expect(files()).toHaveLength(1);
  });

  test('tells at its top what failed, how to see it again, and what happened', async () => {
    const { file, replay } = await save(failing, { notes: ['18 faults to 1'] });
    const [rule, , seen, , shrunk, again, , ...story] = readFileSync(file, 'utf8').split('\n');
    expect([rule, seen]).toEqual([
      '// Only the leader that was elected last acts.',
      '// Seen:    c acted although d has been elected since',
    ]);
    expect([shrunk, again]).toEqual(['// Shrunk:  18 faults to 1', `// Replay:  ${replay}`]);
    expect(story.join('\n')).toContain('//   1     6.994706  * c freezes, timers included until 11.407395 s\n');
    expect(story.join('\n')).toContain('// 6.994706 s: c freezes, timers included until 11.407395 s\n');
  });

  test('never takes the place of another file', async () => {
    await save();
    const [first] = files();
    const before = readFileSync(join(folder, first!), 'utf8');
    const { file, name } = await save({ ...failing, edit: { faults: [freeze()] } });
    expect([file, name]).toEqual([join(folder, 'naive-lease-20-one-leader-2.test.mjs'), 'naive-lease-20-one-leader-2']);
    expect(readFileSync(join(folder, first!), 'utf8')).toBe(before);
  });

  test('is not kept twice', async () => {
    expect((await save()).isNew).toBe(true);
    expect((await save()).isNew).toBe(false);
    expect(files()).toHaveLength(1);
  });

  test('goes back to its scenario when a regression is shrunk, so that the older file may go', async () => {
    const { file } = await save(failing, { name: 'first' });
    const kept = (await openCatalogue([file])).find('first');
    const again = { ...failing, scenario: kept, edit: { faults: [freeze()], without: ['a'] } };
    const { file: second } = await saveRegression(again, { to: { folder }, files: [file], code });
    rmSync(file);
    const [run] = (await openCatalogue([second])).select([]);
    expect((await playRun(run!, 1, { mode: 'reference', code })).violation?.subject).toBe('c>d');
    expect(readFileSync(second, 'utf8')).toContain("without: ['a'],");
  });

  test('must fail when it is played from its schedule', async () => {
    await expect(save({ ...failing, edit: { faults: [] } })).rejects.toThrow('does not break one-leader (c>d)');
    expect(files()).toEqual([]);
  });

  test.each([
    ['a name that would leave the folder', () => save(failing, { name: '../../evil' }), 'lower-case words'],
    ['a folder that is a file', () => save(failing, {}, { folder: LEASE }), 'cannot be written'],
  ])('is refused %s', async (_, attempt, words) => {
    await expect(attempt()).rejects.toThrow(words);
  });

  test('is refused a file that would be no module', async () => {
    await expect(
      saveRegression(failing, { to: { file: join(folder, 'kept.ts') }, files: [LEASE], code }),
    ).rejects.toThrow('Let its name end in .test.mjs');
  });

  test('of a program whose words span lines stays one module', async () => {
    const own = join(folder, 'own.mjs');
    writeFileSync(own, HOSTILE);
    const scenario = (await openCatalogue([own])).find('hostile');
    const { violation } = await playRun(scenario, 1, { mode: 'reference', code });
    const run: FailingRun = { scenario, seed: 1, mode: 'reference', failure: violation! };
    const { file } = await saveRegression(run, { to: { folder }, files: [own], code });
    expect((await openCatalogue([file])).select([])).toHaveLength(1);
  });
});

test('a run that passes is refused in words', async () => {
  const catalogue = await openCatalogue([LEASE]);
  const { token } = await playRun(catalogue.find('careful-lease'), 20, { mode: 'reference', code });
  await expect(failingRunOf(parseToken(token), catalogue, code)).rejects.toThrow('passes: there is no failure to keep');
});

function freeze(): Fault {
  return { id: 'pause-0', kind: 'pause', at: 6_994_706, hosts: ['c'], mode: 'freeze', for: 4_412_689 };
}

/** Everything that a user may name holds what would end a line, a text or a comment. */
const HOSTILE = String.raw`
const nasty = 'a\nb\u2028c*/ \' " \\ ${'$'}{1}';
const rule = {
  id: nasty,
  words: nasty,
  create: (world) => ({
    onHost: (host, change) =>
      change === 'crash' && world.violate({ invariant: nasty, subject: nasty, phase: 'always', detail: nasty }),
  }),
};
export const hostile = {
  name: 'hostile',
  summary: 'nothing in it is harmless',
  stage: () => ({
    hosts: [{ name: nasty, program: () => ({ command() {} }) }],
    faults: [
      { id: nasty, kind: 'command', at: 1, hosts: [nasty], command: nasty, argument: { [nasty]: nasty } },
      { id: 'crash', kind: 'crash', at: 2, hosts: [nasty] },
    ],
    duration: 10,
    invariants: [rule],
  }),
};
`;
