import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../scenarios/scenario.ts';
import { distribution, missed, summarise, worst } from '../../scenarios/summary.ts';
import { metrics, run } from '../reports/suite-result.ts';

const scenario: Scenario = {
  name: 'crash-of-one',
  summary: 'one host crashes',
  stage: () => ({ hosts: [], faults: [], duration: 0, invariants: [] }),
};
const runs = (count: number) => Array.from({ length: count }, (_, index) => run(scenario.name, index + 1));

describe('quantiles', () => {
  test('are values that were observed', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(distribution(values)).toEqual({ samples: 100, p50: 50, p99: 99, max: 100 });
    expect(distribution([7])).toEqual({ samples: 1, p50: 7, p99: 7, max: 7 });
    expect(distribution([])).toEqual({ samples: 0, p50: null, p99: null, max: null });
  });
});

describe('a point that somebody must reach', () => {
  const demanding = { ...scenario, sometimes: ['nobody gets here'] };

  test('fails a suite of ten seeds that never reached it', () => {
    const summary = summarise(demanding, runs(10), 0);
    expect(summary.sometimes.map(missed)).toEqual([true]);
    expect(summary.verdict).toBe('fail');
  });

  test('is not judged on nine', () => {
    expect(summarise(demanding, runs(9), 0).verdict).toBe('pass');
  });

  test('is content with one seed', () => {
    const reached = run(scenario.name, 11, { metrics: { ...metrics, reached: ['nobody gets here'] } });
    expect(summarise(demanding, [...runs(9), reached], 0).verdict).toBe('pass');
  });
});

describe('a bound over all seeds', () => {
  const bounded = (atMost: number) => ({
    ...scenario,
    bounds: [{ metric: 'detection', quantile: 'p99', atMost }] as const,
  });

  test('includes its limit', () => {
    expect(summarise(bounded(3_250_000), runs(10), 0).verdict).toBe('pass');
    expect(summarise(bounded(3_249_999), runs(10), 0).verdict).toBe('fail');
  });

  test('does not hold when runs were played and nothing was measured', () => {
    const silent = run(scenario.name, 1, { metrics: { ...metrics, detection: [] } });
    expect(summarise(bounded(1), [silent], 0).bounds[0]).toMatchObject({ observed: null, holds: false });
    expect(summarise(bounded(1), [], 10).verdict).toBe('pass');
  });
});

test('nondeterminism outweighs failure', () => {
  expect(worst(['pass', 'fail', 'nondeterministic'])).toBe('nondeterministic');
  expect(worst(['pass', 'fail'])).toBe('fail');
  expect(worst([])).toBe('pass');
});

test('rates are per node and second of virtual time', () => {
  expect(summarise(scenario, runs(4), 0)).toMatchObject({ messagesPerNodePerSecond: 10, bytesPerNodePerSecond: 1000 });
});
