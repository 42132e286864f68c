import { describe, expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { materialise, playRun } from '../../scenarios/play.ts';
import { regression } from '../../scenarios/regression/regression.ts';
import type { RegressionSpec } from '../../scenarios/regression/regression.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { planTasks } from '../../scenarios/suite.ts';
import { pingScenario } from '../scenarios/ping.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };
const unmet = (id: string) => ({ id, words: `It is ${id}.`, judge: () => 'It is not.' });
const rainy = pingScenario('rainy');
const demanding: Scenario = {
  ...rainy,
  mustStrike: ['crash'],
  sometimes: ['never'],
  bounds: [{ metric: 'detection', quantile: 'max', atMost: 0 }],
  stage: (context) => ({ ...rainy.stage(context), expectations: [unmet('warm'), unmet('dry')] }),
};

const spec = (more: Partial<RegressionSpec> = {}): RegressionSpec => {
  const edit = { without: [], duration: 10 * SECOND, faults: materialise(rainy, 5).faults };
  return { name: 'kept', summary: 'what went wrong', of: 'rainy', from: { rainy: demanding }, seed: 5, edit, ...more };
};
const play = (scenario: Scenario, seed = 5) => playRun(scenario, seed, { mode: 'reference', code });

describe('a regression', () => {
  test('is the run that it was kept from, whatever seed is asked for', async () => {
    const { hash } = await play(rainy);
    expect((await play(regression(spec()))).hash).toBe(hash);
    expect((await play(regression(spec()), 99)).hash).toBe(hash);
  });

  test('demands nothing that the scenario demanded of the whole bad day', async () => {
    expect((await play(demanding)).violation?.invariant).toBe('must-strike');
    expect((await play(regression(spec()))).verdict).toBe('pass');
    expect(regression(spec())).not.toHaveProperty('sometimes');
    expect(regression(spec())).not.toHaveProperty('bounds');
  });

  test('demands what failed, when that was an expectation or a fault that must strike', async () => {
    const broken = async (more: Partial<RegressionSpec>) => (await play(regression(spec(more)))).violation?.invariant;
    expect(await broken({ expectations: ['dry'] })).toBe('expectation-dry');
    expect(await broken({ mustStrike: ['crash'] })).toBe('must-strike');
  });

  test('is planned once, in its own mode', () => {
    const plan = { scenarios: [regression(spec({ mode: 'wire' }))], files: [], version: '0', seeds: 8, firstSeed: 1 };
    expect(planTasks(plan)).toEqual([{ index: 0, scenario: 'kept', seed: 5, mode: 'wire' }]);
  });

  test('goes back to a built-in scenario by its name alone', async () => {
    const swarm = builtinScenarios.find(({ name }) => name === 'swarm')!;
    const { faults, duration } = materialise(swarm, 2);
    const { from: _, ...builtin } = spec({ of: 'swarm', seed: 2, edit: { faults, duration } });
    expect((await play(regression(builtin))).hash).toBe((await play(swarm, 2)).hash);
  });

  test.each([
    ['a name that is no name', { name: '../kept' }, 'lower-case words'],
    ['a seed that is none', { seed: -1 }, 'seed is -1'],
    ['a scenario that its module does not export', { of: 'windy' }, 'exports no scenario "windy", only rainy'],
  ])('refuses %s', (_, wrong, words) => {
    expect(() => regression(spec(wrong))).toThrow(words);
  });

  test('refuses a built-in scenario that does not exist, and names a near one', () => {
    const { from: _, ...builtin } = spec({ of: 'swarn' });
    expect(() => regression(builtin)).toThrow('swarm');
  });

  test('refuses an expectation that the scenario does not have', async () => {
    await expect(play(regression(spec({ expectations: ['wet'] })))).rejects.toThrow('"rainy" has no expectation "wet"');
  });
});
