import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { killMatrix } from './machinery/matrix.ts';
import { readMutants } from './machinery/mutant.ts';
import { ROLLCALL } from './machinery/rollcall-tree.ts';
import { tryMutants } from './machinery/trial.ts';

const SEEDS = process.env['DEEP_TESTS'] === '1' ? 50 : 20;

test(`the built-in scenarios catch every planted bug within ${SEEDS} seeds, and not the true code`, async () => {
  const mutants = readMutants(import.meta.dirname);
  const { results, falseAlarms } = await tryMutants(ROLLCALL, mutants, {
    seeds: SEEDS,
    jobs: availableParallelism(),
    until: 'first-kill',
  });
  console.log(killMatrix(results));
  expect(mutants.length).toBeGreaterThanOrEqual(20);
  expect(results.flatMap(({ unusable }) => unusable ?? [])).toEqual([]);
  expect(results.filter(({ kills }) => kills.length === 0).map(({ mutant }) => mutant)).toEqual([]);
  expect(falseAlarms).toEqual([]);
});
