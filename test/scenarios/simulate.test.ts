import { describe, expect, test } from 'vitest';
import { simulate, SimulationFailed } from '../../scenarios/simulate.ts';
import { parseToken } from '../../scenarios/token.ts';
import { calm, strict } from './fixtures/own.ts';

describe('a simulation inside a test', () => {
  test('plays ten seeds, or the one that is named', async () => {
    expect((await simulate(calm)).runs.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect((await simulate(calm, { seed: 17 })).runs.map(({ seed }) => seed)).toEqual([17]);
    expect((await simulate(calm, { seed: 17, seeds: 2 })).runs.map(({ seed }) => seed)).toEqual([17, 18]);
  });

  test('that fails throws seed, violation, token and the line to paste', async () => {
    const error: unknown = await simulate(strict, { file: './test/scenarios/fixtures/own.ts' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SimulationFailed);
    const { message, result } = error as SimulationFailed;
    const [run] = result.runs;
    expect(parseToken(run!.token)).toMatchObject({ scenario: 'own-strict', seed: 1 });
    expect(message).toContain('FAIL own-strict, seed 1: few-answers');
    expect(message).toContain(`npx rollcall replay ${run!.token} ./test/scenarios/fixtures/own.ts`);
    expect(message).toContain('simulate(scenario, { seed: 1 })');
  });

  test('fails when a point was never reached', async () => {
    await expect(simulate({ ...calm, sometimes: ['the moon'] })).rejects.toThrow('no seed reached "the moon"');
  });
});
