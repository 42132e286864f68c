import { describe, expect, test } from 'vitest';
import { defineScenario } from '../../scenarios/define.ts';
import { InvalidScenario } from '../../scenarios/errors.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

const good: Scenario = {
  name: 'crash-of-one',
  summary: 'one host of ten crashes',
  mustStrike: ['crash'],
  bounds: [{ metric: 'detection', quantile: 'p99', atMost: 7_000_000 }],
  stage: () => ({ hosts: [], faults: [], duration: 1, invariants: [] }),
};

describe('a scenario', () => {
  test('comes back as it was given, and frozen', () => {
    expect(defineScenario(good)).toEqual(good);
    expect(Object.isFrozen(defineScenario(good))).toBe(true);
  });

  test.each<[string, object, RegExp]>([
    ['without a name', { name: undefined }, /lower-case words/],
    ['whose name a shell would read', { name: 'crash of $one' }, /lower-case words/],
    ['without a summary', { summary: '' }, /one line/],
    ['without a stage', { stage: undefined }, /stage must be a function/],
    ['with a misspelt field', { sometime: [] }, /"sometime" is not a field.*"sometimes"/],
    ['with a misspelt fault', { mustStrike: ['crsh'] }, /no kind of fault.*"crash"/],
    ['with a misspelt metric', { bounds: [{ metric: 'detections', quantile: 'p99', atMost: 1 }] }, /"detection"/],
    ['with an unknown quantile', { bounds: [{ metric: 'detection', quantile: 'p95', atMost: 1 }] }, /p50, p99, max/],
    ['with a bound that is none', { bounds: [{ metric: 'detection', quantile: 'p99', atMost: -1 }] }, /0 or more/],
  ])('%s is refused with a hint', (_, change, hint) => {
    const wrong = { ...good, ...change } as Scenario;
    expect(() => defineScenario(wrong)).toThrow(InvalidScenario);
    expect(() => defineScenario(wrong)).toThrow(hint);
  });
});
