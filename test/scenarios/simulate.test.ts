import { describe, expect, test } from 'vitest';
import { UsageError } from '../../scenarios/errors.ts';
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

  test.each([{ seeds: 0 }, { seeds: 2.5 }, { seed: -1 }, { seed: 2 ** 32 - 1, seeds: 2 }, { seeds: 2_000_000 }])(
    'refuses %o instead of playing nothing',
    async (options) => {
      await expect(simulate(calm, options)).rejects.toThrow(UsageError);
    },
  );

  test('takes its file as a URL, and without one says what the line to paste lacks', async () => {
    const file = new URL('./fixtures/own.ts', import.meta.url);
    const line = / \.\/test\/scenarios\/fixtures\/own\.ts\n/;
    await expect(simulate(strict, { file })).rejects.toThrow(line);
    await expect(simulate(strict, { file: file.href })).rejects.toThrow(line);
    await expect(simulate(strict)).rejects.toThrow('followed by the file that exports this scenario');
  });

  test('fails when a point was never reached', async () => {
    await expect(simulate({ ...calm, sometimes: ['the moon'] })).rejects.toThrow('no seed reached "the moon"');
  });
});
