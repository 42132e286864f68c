import { describe, expect, test } from 'vitest';
import { compareResults } from '../../../reports/compare/compare.ts';
import { testsOf } from '../../../reports/compare/judge.ts';
import { comparisonReport } from '../../../reports/compare/text.ts';
import { plain } from '../../../reports/style.ts';
import { COMPARED_METRICS, type ComparedMetric } from '../../../reports/compare/samples.ts';
import type { RunMetrics } from '../../../scenarios/scenario.ts';
import { natural, played, type PlayedScenario, SECOND, seedsFrom } from './suites.ts';

const names = seedsFrom(1, 20).map((number) => `scenario-${number}`);

/** Every scenario with seeds of its own, so that no two measure the same. */
function naturalSuite(salt: number, runs: number, change?: (name: string, measured: RunMetrics) => RunMetrics) {
  return played(
    names.map((name, index) => ({
      name,
      seeds: seedsFrom(1, runs),
      measure: (seed) => {
        const measured = natural(seed + 1_000 * index + 100_000 * salt);
        return change?.(name, measured) ?? measured;
      },
    })),
  );
}

function slower(factor: number): (measured: RunMetrics) => RunMetrics {
  return (measured) => ({ ...measured, detection: measured.detection.map((time) => Math.round(time * factor)) });
}

function one(measure: (seed: number) => Partial<RunMetrics>, more: Partial<PlayedScenario> = {}) {
  return played([{ name: 'crash-of-one', seeds: seedsFrom(1, 30), measure, ...more }]);
}

describe('a comparison is calibrated', () => {
  test('in 25 comparisons of suites that differ by their seeds alone it flags nothing', () => {
    const flagged = seedsFrom(0, 25).filter((salt) => {
      const { changes } = compareResults(naturalSuite(2 * salt, 30), naturalSuite(2 * salt + 1, 30));
      return changes.length > 0;
    });
    expect(flagged).toEqual([]);
  });

  test('before the correction, one test of twenty is below 0.05', () => {
    const metrics = Object.keys(COMPARED_METRICS) as ComparedMetric[];
    const chances = seedsFrom(0, 150).flatMap((salt) =>
      metrics.map((metric) => {
        const [earlier, now] = [2 * salt, 2 * salt + 1].map((half) =>
          seedsFrom(1, 30)
            .map((seed) => COMPARED_METRICS[metric].of(natural(seed + 100 * half))!)
            .sort((a, b) => a - b),
        );
        return testsOf(earlier!, now!)[0]!.p;
      }),
    );
    const share = chances.filter((p) => p < 0.05).length / chances.length;
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.07);
  });

  test('one scenario of twenty that became half as slow again is found, and nothing else is', () => {
    const shifted = naturalSuite(1, 60, (name, measured) => (name === 'scenario-7' ? slower(1.5)(measured) : measured));
    const { changes, regressed } = compareResults(naturalSuite(0, 60), shifted);
    expect(changes).toMatchObject([
      { scenario: 'scenario-7', metric: 'detection', kind: 'regression', where: 'all', samples: [60, 60] },
    ]);
    expect(regressed).toBe(true);
  });
});

describe('what counts as a change', () => {
  test('what became faster is an improvement, and no regression', () => {
    const comparison = compareResults(
      one(natural),
      one((seed) => slower(0.5)(natural(seed))),
    );
    expect(comparison.changes).toMatchObject([{ metric: 'detection', kind: 'improvement', effect: 'large' }]);
    expect(comparison.regressed).toBe(false);
  });

  test('a difference below 3 % is left alone, however certain it is', () => {
    const nearly = (seed: number) => ({ detection: [5 * SECOND + seed] });
    const later = (seed: number) => ({ detection: [5.1 * SECOND + seed] });
    expect(compareResults(one(nearly), one(later)).changes).toEqual([]);
    const clearly = (seed: number) => ({ detection: [5.2 * SECOND + seed] });
    expect(compareResults(one(nearly), one(clearly)).changes).toHaveLength(1);
  });

  test('a few runs that became very slow are found, although no median moved', () => {
    const seeds = seedsFrom(1, 200);
    const often = (seed: number) =>
      seed % 20 === 0 ? { detection: [60 * SECOND] } : { detection: natural(seed).detection };
    const earlier = one((seed) => ({ detection: natural(seed).detection }), { seeds });
    const { changes } = compareResults(
      earlier,
      one((seed) => (seed % 10 === 0 ? often(seed * 2) : often(1 + 20 * seed)), { seeds }),
    );
    expect(changes).toMatchObject([{ metric: 'detection', kind: 'regression', where: 'tail' }]);
  });

  test('what no longer happens at all is the worst that can become of a time', () => {
    const never = one((seed) => ({ ...natural(seed), convergence: [], detection: [], undetected: 1 }));
    const { changes } = compareResults(one(natural), never);
    expect(changes.map(({ metric }) => metric).toSorted()).toEqual(['convergence', 'detection']);
    expect(changes[0]!.median[1]).toBeNull();
    expect(comparisonReport(compareResults(one(natural), never), { width: 100, paint: plain })).toContain('→ never');
  });

  test('what came seldom and now hardly ever is a regression, although neither has a mean', () => {
    const missedBelow = (share: number) =>
      one((seed) => (seed <= 60 * share ? { detection: [], undetected: 1 } : {}), { seeds: seedsFrom(1, 60) });
    const { changes } = compareResults(missedBelow(0.6), missedBelow(0.95));
    expect(changes).toMatchObject([{ metric: 'detection', kind: 'regression', median: [null, null] }]);
  });

  test('what fails as before is worse when far more of its runs fail, and not when a few more do', () => {
    const failingIn = (failed: number) => {
      const suite = one(natural, { seeds: seedsFrom(1, 60) });
      const scenarios = suite.scenarios.map((scenario) => ({ ...scenario, verdict: 'fail' as const, failed }));
      return { ...suite, scenarios };
    };
    expect(compareResults(failingIn(1), failingIn(50)).regressed).toBe(true);
    expect(compareResults(failingIn(1), failingIn(3)).regressed).toBe(false);
    expect(compareResults(failingIn(50), failingIn(1)).regressed).toBe(false);
  });

  test('the curve of few runs is made of all their values', () => {
    const values = seedsFrom(1, 11);
    expect(testsOf(values, values)[0]!.steps).toEqual([values, values]);
  });

  test('a scenario that fails now is a regression of its own, and its cut runs are not measured', () => {
    const cut = one((seed) => ({ ...natural(seed), convergence: [] }), { changes: { verdict: 'fail' } });
    const { verdicts, changes, regressed, notes } = compareResults(one(natural), cut);
    expect(verdicts).toMatchObject([
      { scenario: 'crash-of-one', verdict: ['pass', 'fail'], failed: [0, 30], worse: true },
    ]);
    expect(changes).toEqual([]);
    expect(regressed).toBe(true);
    expect(notes.join('\n')).toContain('30 runs did not pass');
  });
});

describe('a comparison says what has to be known', () => {
  test('of suites of the very same runs it says so, and tests nothing', () => {
    const comparison = compareResults(one(natural), one(natural));
    expect(comparison).toMatchObject({ tests: 0, same: ['crash-of-one'], tested: [], regressed: false });
    expect(comparisonReport(comparison, { width: 100, paint: plain })).toContain(
      'The same runs: all 1 scenario played',
    );
  });

  test('which scenarios are new and which are gone', () => {
    const other = one(natural, { name: 'another' });
    expect(compareResults(one(natural), other)).toMatchObject({ added: ['another'], vanished: ['crash-of-one'] });
    expect(comparisonReport(compareResults(one(natural), other), { width: 100, paint: plain })).toContain(
      'nothing to compare',
    );
  });

  test('that seeds and stages differ', () => {
    const moved = one((seed) => natural(seed + 500), { seeds: seedsFrom(101, 40) });
    expect(compareResults(one(natural), moved).notes.join('\n')).toContain(
      'seeds 1 to 30 then and seeds 101 to 140 now',
    );
    const restaged = one((seed) => natural(seed + 500), { stage: 'deadbeef' });
    expect(compareResults(one(natural), restaged).notes.join('\n')).toContain('build other stages');
  });

  test('that so few runs could show nothing, and how many could', () => {
    const few = { seeds: seedsFrom(1, 4) };
    const { notes } = compareResults(
      one(natural, few),
      one((seed) => slower(9)(natural(seed)), few),
    );
    expect(notes.join('\n')).toContain('at least 7 runs of each scenario');
  });
});

test('the text for the terminal has regressions first and the conclusion last', () => {
  const shifted = one((seed) => ({ ...slower(1.5)(natural(seed)), bytes: 300_000 }));
  expect(comparisonReport(compareResults(one(natural), shifted), { width: 110, paint: plain })).toMatchSnapshot();
});
