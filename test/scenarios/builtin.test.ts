import { describe, expect, test } from 'vitest';
import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { playRun } from '../../scenarios/play.ts';
import type { Mode, RunResult } from '../../scenarios/result.ts';
import { summarise } from '../../scenarios/summary.ts';

const CODE = { version: 'test', digest: 'test' };
const DEEP = process.env['DEEP_TESTS'] === '1';
const SWARM_SEEDS = DEEP ? 1_000 : 200;
/** Every fifth seed is played with all messages as bytes. */
const modeOf = (seed: number): Mode => (seed % 5 === 0 ? 'wire' : 'reference');

function scenarioOf(name: string) {
  return builtinScenarios.find((scenario) => scenario.name === name)!;
}

async function play(name: string, seeds: readonly number[]): Promise<RunResult[]> {
  const runs: RunResult[] = [];
  for (const seed of seeds) runs.push(await playRun(scenarioOf(name), seed, { mode: modeOf(seed), code: CODE }));
  return runs;
}

/** What failed, so that a failing test shows what to replay. */
const failuresOf = (runs: readonly RunResult[]) =>
  runs.flatMap(({ scenario, seed, violation }) =>
    violation === null ? [] : [`${scenario} --seed ${seed}: ${violation.detail}`],
  );

const seedsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

describe('the built-in scenarios', () => {
  const ordinary = builtinScenarios.map(({ name }) => name).filter((name) => name !== 'swarm');

  test.each(ordinary)('%s: no rule is broken, by reference or by wire', { timeout: 60_000 }, async (name) => {
    expect(failuresOf(await play(name, [4, 5]))).toEqual([]);
  });

  test(
    `the core survives ${SWARM_SEEDS} swarms, and they reach all that they promise`,
    { timeout: 900_000 },
    async () => {
      const runs = await play('swarm', seedsFrom(1, SWARM_SEEDS));
      expect(failuresOf(runs)).toEqual([]);
      const { sometimes } = summarise(scenarioOf('swarm'), runs, 0);
      expect(sometimes.filter(({ reachedBy }) => reachedBy === 0)).toEqual([]);
    },
  );
});
