import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playRun } from '../../scenarios/play.ts';
import type { Golden } from './machinery/golden.ts';
import { changesBetween, goldenOf } from './machinery/golden.ts';
import { goldenTasks, scenarioNamed } from './machinery/plan.ts';
import { changesInWords } from './machinery/words.ts';

const ACCEPTED = JSON.parse(readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8')) as Golden;
const HOW = 'npm run golden says what changed and by how much; npm run golden -- --update accepts it';
const code = { version: '0.1.0', digest: '77ab01c2' };

/** One in reference mode, one in wire mode, one of a discovery, one of everything at once. */
const QUICKEST = ['swim-as-published 1', 'crash-of-one 7', 'discovery-etcd-lease-lost 1', 'swarm 1'];

describe('the golden runs', () => {
  test.each(QUICKEST)(`%s are played as they were accepted (${HOW})`, async (run) => {
    const [name = '', seed] = run.split(' ');
    const { mode } = goldenTasks().find((task) => task.scenario === name && task.seed === Number(seed))!;
    const { hash } = await playRun(scenarioNamed(name), Number(seed), { mode, code });
    expect(hash).toBe(ACCEPTED[name]!.hashes[seed!]);
  });

  test('that are accepted are those that are played', () => {
    const played = goldenTasks().map(({ scenario, seed }) => `${scenario} ${seed}`);
    const accepted = Object.entries(ACCEPTED).flatMap(([name, { hashes }]) =>
      Object.keys(hashes).map((seed) => `${name} ${seed}`),
    );
    expect(accepted).toEqual(played);
  });
});

describe('a change of behaviour', () => {
  const play = async (digest: string) =>
    goldenOf([await playRun(scenarioNamed('swim-as-published'), 2, { mode: 'reference', code: { ...code, digest } })]);

  test('is none when only the source is another', async () => {
    expect(changesBetween(await play('77ab01c2'), await play('ffffffff'))).toEqual([]);
  });

  test('is told by what is measured, before and after', async () => {
    const played = await play('77ab01c2');
    const name = 'swim-as-published';
    const { hashes, behaviour } = played[name]!;
    const slower = { ...behaviour, 'detection s': 4, 'false positives': 3 };
    const before = { [name]: { hashes: { ...hashes, 2: 'another' }, behaviour: { ...slower, 'convergence s': null } } };
    const after = { [name]: { hashes, behaviour: { ...slower, 'detection s': 5, 'convergence s': 1.5 } } };
    expect(changesInWords(changesBetween(before, after))).toEqual([
      'swim-as-published: seed 2 played otherwise',
      '  detection s                           4 ->        5  +25 %',
      '  convergence s                         - ->      1.5',
    ]);
  });

  test('that shows in no figure is told as well, and so are runs that are new or gone', () => {
    const { behaviour } = ACCEPTED['swarm']!;
    const one = (hash: string): Golden => ({ swarm: { hashes: { 1: hash, 2: hash }, behaviour } });
    expect(changesInWords(changesBetween(one('a'), one('b')))).toEqual([
      'swarm: seeds 1, 2 played otherwise; what is measured is the same',
    ]);
    expect(changesInWords(changesBetween({}, one('a')))).toEqual(['swarm: not accepted yet']);
    expect(changesInWords(changesBetween(one('a'), {}))).toEqual(['swarm: not played any more']);
  });
});
