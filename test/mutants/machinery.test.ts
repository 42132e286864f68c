import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killMatrix, shrinkTable } from './machinery/matrix.ts';
import { mutate, parseMutant } from './machinery/mutant.ts';
import { buildPlayer } from './machinery/source-copy.ts';
import type { SourceTree } from './machinery/source-copy.ts';
import { playOrder } from './machinery/suite.ts';
import { supervise } from './machinery/supervise.ts';
import { tryMutants } from './machinery/trial.ts';

const MACHINERY = join(import.meta.dirname, 'machinery');

// A tree of one function, and two plays that hold it to its contract: one always, one only from seed 3 on.
const DOUBLE = 'export const double = (x: number): number => x * 2;\n';
const PLAYER = `
import { double } from './double.ts';
import { servePlays } from ${JSON.stringify(join(MACHINERY, 'player.ts'))};
await servePlays([
  { name: 'costly', cost: 9, run: async (seed) => (seed >= 3 && double(-seed) !== -2 * seed ? { rule: 'negative' } : undefined) },
  {
    name: 'cheap',
    cost: 1,
    run: async (seed) => (double(seed) !== 2 * seed ? { rule: 'positive' } : undefined),
    shrink: async () => ({ edit: { faults: [] }, before: { faults: 9, hosts: 5 }, after: { faults: 2, hosts: 3 }, minimal: true }),
  },
  { name: 'together', cost: 5, run: async (seed) => (seed >= 2 && double(0) !== 0 ? { rule: 'zero', together: true } : undefined) },
]);
`;

let tree: SourceTree;

beforeAll(() => {
  const root = mkdtempSync(join(tmpdir(), 'rollcall-toy-'));
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src', 'double.ts'), DOUBLE);
  writeFileSync(join(root, 'src', 'player.ts'), PLAYER);
  symlinkSync(join(MACHINERY, '..', '..', '..', 'node_modules'), join(root, 'node_modules'));
  tree = { root, parts: ['src'], entry: 'src/player.ts' };
});

afterAll(() => rmSync(tree.root, { recursive: true }));

const mutant = (name: string, find: string, replace: string) => ({ name, file: 'src/double.ts', find, replace });
const trial = (mutants: Parameters<typeof tryMutants>[1], seeds = 10) =>
  tryMutants(tree, mutants, { seeds, jobs: 2, until: 'first-kill' });

describe('a mutant is', () => {
  test('caught by the cheapest play that notices, with the seeds it took', async () => {
    const { results, falseAlarms } = await trial([mutant('adds', 'x * 2', 'x + 2')]);
    expect(results[0]?.kills).toEqual([{ play: 'cheap', rule: 'positive', from: 1, seed: 1 }]);
    expect(falseAlarms).toEqual([]);
  });

  test('caught late when only later seeds show it', async () => {
    const { results } = await trial([mutant('absolute', 'x * 2', 'Math.abs(x) * 2')]);
    expect(results[0]?.kills).toEqual([{ play: 'costly', rule: 'negative', from: 3, seed: 3 }]);
  });

  test('caught by what several seeds show only together, which the true code is then played through too', async () => {
    const { results, falseAlarms } = await trial([mutant('never zero', 'x * 2', '(x || 1) * 2')]);
    expect(results[0]?.kills).toEqual([{ play: 'together', rule: 'zero', from: 1, seed: 2 }]);
    expect(falseAlarms).toEqual([]);
  });

  test('a survivor when no play notices within the seeds', async () => {
    const { results } = await trial([mutant('absolute', 'x * 2', 'Math.abs(x) * 2')], 2);
    expect(results[0]).toMatchObject({ kills: [], runs: 6 });
    expect(killMatrix(results)).toContain('SURVIVES');
  });

  test('caught when it throws, kills its process or never ends', async () => {
    const { results } = await trial([
      mutant('throws', 'x * 2', '[][x].none'),
      mutant('exits', 'x * 2', 'process.exit(7)'),
    ]);
    expect(results.map(({ kills }) => kills[0]?.rule)).toEqual([expect.stringContaining('threw'), '(process dies)']);

    const player = await buildPlayer(tree, mutant('loops', 'x * 2', '{ for (;;); }'));
    const outcome = await supervise(player.script, { seeds: 1, first: [], until: 'first-kill' }, 500);
    player.remove();
    expect(outcome.kills).toEqual([{ play: 'cheap', rule: '(hangs)', from: 1, seed: 1 }]);
  });
});

describe('with --shrink, a kill', () => {
  const shrinking = (mutants: Parameters<typeof tryMutants>[1]) =>
    tryMutants(tree, mutants, { seeds: 10, jobs: 1, until: 'first-kill', shrink: true });

  test('of one run is told with its smallest schedule, which the true code is then held against too', async () => {
    const { results, falseAlarms } = await shrinking([mutant('adds', 'x * 2', 'x + 2')]);
    expect(results[0]?.kills).toMatchObject([{ play: 'cheap', seed: 1, shrunk: { after: { faults: 2 } } }]);
    expect(shrinkTable(results)).toMatch(/adds +cheap 1 +9 > 2 +5 > 3 /);
    expect(shrinkTable(results)).toContain('1 shrunk: 2 faults in the median, 2 at most');
    expect(falseAlarms).toEqual([]);
  });

  test('of several runs together has nothing to shrink', async () => {
    const { results } = await shrinking([mutant('never zero', 'x * 2', '(x || 1) * 2')]);
    expect(results[0]?.kills[0]?.shrunk).toBeUndefined();
    expect(shrinkTable(results)).toContain("Not one run's doing, so nothing to shrink: never zero (zero)");
  });
});

test('of a run that is played for one rule, no other rule counts', async () => {
  const player = await buildPlayer(tree, mutant('adds', 'x * 2', 'x + 2'));
  const only = ['positive', 'negative'].map((rule) => ({ play: 'cheap', from: 1, seed: 1, rule }));
  const { kills } = await supervise(player.script, { seeds: 0, first: [], until: 'every-play', only });
  player.remove();
  expect(kills.map(({ rule }) => rule)).toEqual(['positive']);
});

describe('a mutant cannot be used', () => {
  test.each([
    ['when its text is no longer there', mutant('gone', 'x * 3', 'x'), 'is 0 times'],
    ['when its text is there twice', mutant('twice', 'number', 'string'), 'is 2 times'],
    ['when its file is gone', { ...mutant('lost', 'x', 'y'), file: 'src/half.ts' }, 'no file src/half.ts'],
    ['when it does not compile', mutant('broken', 'x * 2', 'x *'), 'does not build'],
    ['when it does not load', mutant('thrower', DOUBLE, `${DOUBLE}throw new Error('at once');`), 'does not load'],
  ])('%s', async (_, unusable, why) => {
    const { results } = await trial([unusable]);
    expect(results[0]?.unusable).toContain(why);
  });

  test.each(['not json', '{ "name": "x" }', '{ "name": "x", "file": "f", "find": "a", "replace": "a" }'])(
    'when its file says %s',
    (text) => expect(() => parseMutant('x.json', text)).toThrow('x.json'),
  );
});

test('the replacement is taken literally', () => {
  expect(mutate(mutant('dollar', '* 2', '$& $1'), DOUBLE)).toContain('x $& $1;');
});

test('the original source stays as it was', async () => {
  await trial([mutant('adds', 'x * 2', 'x + 2')]);
  expect(readFileSync(join(tree.root, 'src', 'double.ts'), 'utf8')).toBe(DOUBLE);
});

test('a kill that the true code dies of too is a false alarm', async () => {
  const broken: SourceTree = { ...tree, entry: 'src/broken.ts' };
  writeFileSync(join(tree.root, 'src', 'broken.ts'), PLAYER.replace('double(seed) !== 2', 'double(seed) !== 3'));
  const { falseAlarms } = await tryMutants(broken, [mutant('quadruples', 'x * 2', 'x * 4')], {
    seeds: 1,
    jobs: 1,
    until: 'first-kill',
  });
  expect(falseAlarms).toHaveLength(1);
});

test('plays named by the mutant come first, then the cheap ones, in growing waves of seeds', () => {
  const plays = ['a', 'b', 'c'].map((name, cost) => ({ name, cost, run: async () => undefined }));
  const order = [...playOrder(plays, { seeds: 3, first: ['c'], until: 'first-kill' })];
  expect(order.map(({ play, seed }) => play.name + seed).join(' ')).toBe('c1 a1 b1 c2 c3 a2 a3 b2 b3');
});
