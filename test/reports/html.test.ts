import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { syntheticSuite } from '../../bench/synthetic-suite.ts';
import { readAsset } from '../../reports/html/assets.ts';
import { curveOf } from '../../reports/html/curve.ts';
import { condense } from '../../reports/html/condense.ts';
import type { ReportData } from '../../reports/html/data.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { distribution } from '../../scenarios/summary.ts';
import { failing, run, suiteResult } from './suite-result.ts';

const suite = suiteResult();

/** What the page would read. */
function dataOf(html: string): ReportData {
  const [, json = ''] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json) as ReportData;
}

describe('the page', () => {
  const html = htmlReport({ suite });

  test('is one file that asks nobody for anything', () => {
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain(`content="default-src 'none'; script-src 'sha256-`);
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(html).not.toMatch(/@import|url\(\s*['"]?(?:https?:)?\/\//);
  });

  test('keeps the notice of the library that it carries', () => {
    expect(html).toMatch(/Chart\.js v4[\s\S]*Released under the MIT License/);
  });

  test('holds what was measured, and tokens only of runs that somebody may open', () => {
    const data = dataOf(html);
    expect(data).toMatchObject({ verdict: 'fail', runs: 20, passed: 18, notPlayed: 3 });
    expect(data.findings).toMatchObject([{ scenario: 'crash-of-one', invariant: 'no-resurrection', seeds: [2, 5] }]);
    expect(data.findings[0]?.runs[0]?.violation?.faults).toEqual(failing.violation?.faults);
    expect(html.match(/rc1:/g)).toHaveLength(2 + 2 * 2 + 1);
  });

  test('says the same for the same results', () => {
    expect(htmlReport({ suite })).toBe(html);
  });
});

test('a script that was not built is asked for in one line', () => {
  expect(() => readAsset('nowhere.js' as 'report.js')).toThrow(
    /dist.reports.browser.nowhere\.js is not there: the page of a report needs it\. `npm run build` makes it\.$/,
  );
});

describe('no text of a scenario breaks out of its data', () => {
  test.each(['</script><img src=x onerror=alert(1)>', '<!--<script>', ']]>', '\u2028', '"\\\n', '</SCRIPT >'])(
    '%j',
    (evil) => {
      const [crash, calm] = suite.scenarios as [(typeof suite.scenarios)[0], (typeof suite.scenarios)[0]];
      const html = htmlReport({ suite: { ...suite, scenarios: [{ ...crash, summary: evil }, calm] } });
      expect(dataOf(html).scenarios[0]?.summary).toBe(evil);
      const [, json = ''] = /id="data">([^<]*)</.exec(html) ?? [];
      expect(JSON.parse(json)).toEqual(dataOf(html));
      expect(html.match(/<script/g)).toHaveLength(htmlReport({ suite }).match(/<script/g)!.length);
    },
  );
});

describe('a curve', () => {
  const samples = fc.array(fc.nat(1_000_000_000), { maxLength: 1_000 });

  test('has the quantiles of the results file', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const { p50, p99, max } = distribution(values);
        expect(curveOf(values)).toMatchObject({ samples: values.length, p50, p99, max });
      }),
    );
  });

  test('rises in observed values to the maximum, whole where there are few', () => {
    fc.assert(
      fc.property(samples, (values) => {
        let sum = 0;
        const shape = curveOf(values).steps.map((step) => (sum += step));
        expect(shape.length).toBe(Math.min(values.length, 200));
        expect(shape.every((value) => values.includes(value))).toBe(true);
        if (values.length <= 200) expect(shape).toEqual(values.toSorted((a, b) => a - b));
        expect(shape.at(-1) ?? null).toBe(curveOf(values).max);
      }),
    );
  });
});

describe('runs worth a look', () => {
  test('are the slowest and the median one, of those that passed', () => {
    const seeds = [3, 1, 4, 2, 5];
    const runs = seeds.map((seconds, index) =>
      run('crash-of-one', index + 1, { metrics: { ...failing.metrics, convergence: [seconds * 1_000_000] } }),
    );
    const slow = { ...failing, seed: 6, metrics: { ...failing.metrics, convergence: [9_000_000] } };
    const { scenarios } = condense({ ...suite, runs: [...runs, slow] }, {});
    expect(scenarios[0]?.notable).toMatchObject([
      { why: 'slowest', metric: 'convergence', value: 5_000_000, seed: 5 },
      { why: 'median', metric: 'convergence', value: 3_000_000, seed: 1 },
    ]);
  });

  test('a scenario that never converges is ranked by what it measures', () => {
    const metrics = { ...failing.metrics, convergence: [], detection: [] };
    const { scenarios } = condense({ ...suite, runs: [run('crash-of-one', 1, { metrics })] }, {});
    expect(scenarios[0]?.notable).toMatchObject([{ why: 'slowest', metric: 'formation' }]);
  });
});

test('failures without end are told by their seeds', () => {
  const broken = (rule: number) => ({ ...failing.violation!, invariant: `rule-${rule}`, detail: 'x'.repeat(500) });
  const runs = Array.from({ length: 3_000 }, (_, seed) => ({ ...failing, seed, violation: broken(seed % 1_000) }));
  const { findings } = condense({ ...suite, runs }, {});
  expect(findings.map((finding) => finding.runs.length).filter((told) => told > 0)).toEqual(Array(400).fill(1));
  expect(findings.at(-1)).toMatchObject({ invariant: 'rule-999', seeds: [999, 1_999, 2_999], runs: [] });
});

test('50 scenarios over 1,000 seeds make less than 3 MB', () => {
  const stories = Array.from({ length: 50 }, (_, index) => ({
    name: `discovery-of-something-number-${index}`,
    summary: 'ten hosts find one another while a name service tells them nothing but old news, and one of them crashes',
    sometimes: ['somebody suspected'],
    stage: () => ({ hosts: [], faults: [], duration: 0, invariants: [] }),
  }));
  const html = htmlReport({ suite: syntheticSuite(stories, ({ name }) => run(name, 1), 1_000) });
  expect(dataOf(html).runs).toBe(50_000);
  expect(html.length).toBeLessThan(3_000_000);
});
