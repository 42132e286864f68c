import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
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

describe('a suite', () => {
  test('gives the same result in this thread, in one worker and in three', async () => {
    const here = await comparable({}, inline());
    expect(here.runs).toHaveLength(20);
    expect(here).toMatchObject({ verdict: 'fail', stopped: 'done', notPlayed: 0 });
    expect(await comparable({}, workerPool(1, [OWN], code))).toEqual(here);
    expect(await comparable({}, workerPool(3, [OWN], code))).toEqual(here);
  });

  test('that bails gives the same result however many play ahead', async () => {
    const here = await comparable({ bail: true }, inline());
    expect(here).toMatchObject({ stopped: 'bail', notPlayed: 18 });
    expect(here.runs.map(({ scenario, seed, verdict }) => [scenario, seed, verdict])).toEqual([
      [calm.name, 1, 'pass'],
      [strict.name, 1, 'fail'],
    ]);
    expect(await comparable({ bail: true }, workerPool(3, [OWN], code))).toEqual(here);
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
    expect(result).toMatchObject({ stopped: 'interrupted', notPlayed: 17 });
    expect(result.runs).toHaveLength(3);
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
    await expect(playSuite(plan, workerPool(2, [missing], code))).rejects.toThrow(UsageError);
    await expect(playSuite(plan, workerPool(2, [missing], code))).rejects.toThrow(/missing\.ts: it cannot be loaded/);
  });

  test('ends when a worker dies, instead of waiting for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-suite-'));
    try {
      const file = join(folder, 'quitter.mjs');
      writeFileSync(file, `export const own = { name: 'own-calm', summary: 'quits', stage: () => process.exit(0) };\n`);
      const quitting = playSuite({ ...plan, scenarios: [calm] }, workerPool(2, [file], code));
      await expect(quitting).rejects.toThrow('A worker thread died: it ended by itself.');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
