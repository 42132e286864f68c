import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../scenarios/errors.ts';
import { inlinePlayer } from '../../scenarios/player.ts';
import type { Player } from '../../scenarios/player.ts';
import { workerPool } from '../../scenarios/pool.ts';
import { modeOf, planTasks, playSuite } from '../../scenarios/suite.ts';
import type { SuitePlan } from '../../scenarios/suite.ts';
import { calm, strict } from './fixtures/own.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };
const OWN = fileURLToPath(new URL('./fixtures/own.ts', import.meta.url));
const plan: SuitePlan = { scenarios: [calm, strict], files: [OWN], version: '0.1.0', seeds: 10, firstSeed: 1 };
const inline = () => inlinePlayer((name) => (name === calm.name ? calm : strict), code);
const comparable = async (changes: Partial<SuitePlan>, player: Player) => {
  const { timing, ...rest } = await playSuite({ ...plan, ...changes }, player);
  expect(timing.wallSeconds).toBeGreaterThan(0);
  return rest;
};

const EMPTY = 'return { hosts: [], faults: [], duration: 1, invariants: [] };';
const pools: Player[] = [];
const pool = (workers: number, file: string) => {
  const made = workerPool(workers, [file], code);
  pools.push(made);
  return made;
};
afterEach(() => pools.splice(0).forEach((made) => made.stop()));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-suite-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, stage: string, before = ''): string {
  const file = join(folder, name);
  writeFileSync(file, `${before}\nexport const own = { name: '${calm.name}', summary: 'is odd', ${stage} };\n`);
  return file;
}

describe('a suite', () => {
  test('gives the same result in this thread, in one worker and in three', async () => {
    const here = await comparable({}, inline());
    expect(here.runs).toHaveLength(20);
    expect(here).toMatchObject({ verdict: 'fail', stopped: 'done', notPlayed: 0 });
    expect(await comparable({}, pool(1, OWN))).toEqual(here);
    expect(await comparable({}, pool(3, OWN))).toEqual(here);
  });

  test('plays on with the same threads, and as if they were new', async () => {
    const threads = pool(2, OWN);
    const first = await comparable({ bail: true }, threads);
    expect(await comparable({}, threads)).toEqual(await comparable({}, inline()));
    expect(await comparable({ bail: true }, threads)).toEqual(first);
  });

  test('that bails gives the same result however many play ahead', async () => {
    const here = await comparable({ bail: true }, inline());
    expect(here).toMatchObject({ stopped: 'bail', notPlayed: 18 });
    expect(here.runs.map(({ scenario, seed, verdict }) => [scenario, seed, verdict])).toEqual([
      [calm.name, 1, 'pass'],
      [strict.name, 1, 'fail'],
    ]);
    expect(await comparable({ bail: true }, pool(3, OWN))).toEqual(here);
  });

  test('in shards plays every run exactly once', () => {
    const runs = (part: number) =>
      planTasks({ ...plan, shard: { part, of: 3 } }).map(({ scenario, seed }) => `${scenario} ${seed}`);
    const together = [...runs(1), ...runs(2), ...runs(3)];
    expect(together.toSorted()).toEqual(
      planTasks(plan)
        .map(({ scenario, seed }) => `${scenario} ${seed}`)
        .toSorted(),
    );
    expect(new Set(together).size).toBe(20);
  });

  test('counts what the time limit left unplayed, and still passes', async () => {
    const result = await playSuite({ ...plan, scenarios: [calm], timeLimitSeconds: 0.000001, seeds: 500 }, inline());
    expect(result).toMatchObject({ stopped: 'time-limit', verdict: 'pass' });
    expect(result.notPlayed).toBeGreaterThan(0);
    expect(result.runs.length + result.notPlayed).toBe(500);
  });

  test('that is interrupted returns what was played', async () => {
    const interruption = new AbortController();
    const result = await playSuite(plan, inline(), {
      signal: interruption.signal,
      onRun: ({ played }) => {
        if (played === 3) interruption.abort();
      },
    });
    expect(result).toMatchObject({ stopped: 'interrupted', notPlayed: 17, verdict: 'fail' });
    expect(result.runs).toHaveLength(3);
  });

  test('that was interrupted before anything failed is no pass', async () => {
    const options = { signal: AbortSignal.abort() };
    expect(await playSuite(plan, inline(), options)).toMatchObject({ verdict: 'interrupted', notPlayed: 20 });
  });

  test('of which nothing was played is no pass', async () => {
    const empty = { ...plan, seeds: 1, scenarios: [calm], shard: { part: 2, of: 2 } };
    expect(await playSuite(empty, inline())).toMatchObject({ verdict: 'nothing played', runs: [] });
  });

  test('names what still plays when time and grace are over, and fails', async () => {
    const file = write('hanging.mjs', 'stage: () => { for (;;) {} }');
    const hanging = { ...plan, scenarios: [calm], seeds: 2, timeLimitSeconds: 3, graceSeconds: 0.1 };
    expect(await playSuite(hanging, pool(1, file))).toMatchObject({
      stopped: 'time-limit',
      verdict: 'fail',
      notPlayed: 2,
      lost: [{ scenario: calm.name, seed: 1, how: 'still playing after 3.1 s' }],
    });
  });

  test('of patient threads gives up what hangs, and plays the rest', async () => {
    const file = write('sleeper.mjs', `stage: ({ random }) => { if (random.int(3) === 1) for (;;) {} ${EMPTY} }`);
    const patient = workerPool(1, [file], code, 1);
    pools.push(patient);
    const result = await playSuite({ ...plan, scenarios: [calm], seeds: 3 }, patient);
    expect(result.lost).toEqual([{ scenario: calm.name, seed: 1, how: 'still playing after 1 s' }]);
    expect(result.runs.map(({ seed }) => seed)).toEqual([2, 3]);
  });

  test('tells of progress run by run', async () => {
    const told: number[] = [];
    await playSuite({ ...plan, seeds: 2 }, inline(), { onRun: ({ played, failed }) => told.push(played, failed) });
    expect(told).toEqual([1, 0, 2, 1, 3, 1, 4, 2]);
  });

  test('plays one seed in eight in wire mode', () => {
    const modes = planTasks({ ...plan, scenarios: [calm], seeds: 16 }).map(({ mode }) => mode);
    expect(modes.filter((mode) => mode === 'wire')).toHaveLength(2);
    expect(modeOf(7)).toBe('wire');
  });

  test('ends with the words of a worker that cannot play', async () => {
    const missing = new URL('./fixtures/missing.ts', import.meta.url).pathname;
    await expect(playSuite(plan, pool(2, missing))).rejects.toThrow(UsageError);
    await expect(playSuite(plan, pool(2, missing))).rejects.toThrow(/missing\.ts: it cannot be loaded/);
  });

  test('keeps all other results when a worker dies, and names the run that killed it', async () => {
    // At home in the outer context, where the guards let everything pass.
    const outside = `const outside = new AsyncResource('outside');`;
    const quit = `if (context.random.int(3) === 1) outside.runInAsyncScope(() => process.exit(0));`;
    const stage = `stage: (context) => { ${quit} return { hosts: [], faults: [], duration: 1, invariants: [] }; }`;
    const file = write('quitter.mjs', stage, `import { AsyncResource } from 'node:async_hooks'; ${outside}`);
    const quitting = await playSuite({ ...plan, scenarios: [calm] }, pool(2, file));
    expect(quitting.verdict).toBe('fail');
    expect(quitting.lost.map(({ seed }) => seed)).toEqual([1, 4, 5, 7, 8]);
    expect(quitting.lost[0]).toMatchObject({ scenario: calm.name, how: 'its worker thread died: it ended by itself' });
    expect(quitting.runs.map(({ seed }) => seed)).toEqual([2, 3, 6, 9, 10]);
  });

  test('ends when a worker dies before it plays', async () => {
    const file = write('stillborn.mjs', 'stage: () => {}', 'process.exit(0);');
    const quitting = playSuite({ ...plan, scenarios: [calm] }, pool(2, file));
    await expect(quitting).rejects.toThrow('A worker thread died before it played anything: it ended by itself.');
  });
});
