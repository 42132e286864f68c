import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  githubReport,
  githubSummary,
  jsonReport,
  junitReport,
  liveLine,
  paintFor,
  prettyReport,
} from '../../reports/index.ts';
import { plain, colourful } from '../../reports/style.ts';
import { failing, suiteResult } from './suite-result.ts';

const suite = suiteResult();

describe('the report for people', () => {
  test('tells table, bounds, points, failures and the line to paste', () => {
    expect(prettyReport(suite, { width: 100, paint: plain })).toMatchSnapshot();
  });

  test.each([80, 60, 40])('keeps its table within %i columns', (width) => {
    const [table = ''] = prettyReport(suite, { width, paint: plain }).split('\n\n');
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(table).toContain('verdict');
  });

  test('says which columns it had no room for', () => {
    expect(prettyReport(suite, { width: 60, paint: plain })).toMatch(/No room for: bytes/);
    expect(prettyReport(suite, { width: 120, paint: plain })).not.toContain('No room for');
  });

  test.each([80, 70, 60])('tells long names apart in %i columns', (width) => {
    const [, calm] = suite.scenarios as [unknown, (typeof suite.scenarios)[0]];
    const names = ['nxdomain', 'nxdomain-alone', 'records-go-stale', 'reports-go-stale'];
    const scenarios = names.map((name) => ({ ...calm, scenario: `discovery-from-a-name-service-${name}` }));
    const [table = ''] = prettyReport({ ...suite, scenarios }, { width, paint: plain }).split('\n\n');
    const [, ...rows] = table.split('\n').map((line) => line.split(' ')[0]!);
    expect(new Set(rows.slice(0, 4)).size).toBe(4);
    expect(rows[1]).toMatch(/^discovery.*….*-alone$/);
  });

  test('names the page before the verdict', () => {
    const lines = prettyReport(suite, { width: 80, paint: plain, page: 'report.html' }).trimEnd().split('\n');
    expect(lines.slice(-3, -1)).toEqual(['Report: report.html', 'FAIL']);
  });

  test('ends with a ready command when something failed', () => {
    const lines = prettyReport(suite, { width: 80, paint: plain }).trimEnd().split('\n');
    expect(lines.at(-1)).toBe(`npx rollcall replay ${failing.token} './my scenarios/crash.ts'`);
  });

  test('differs from the plain one only by its colours', () => {
    const coloured = prettyReport(suite, { width: 80, paint: colourful });
    expect(stripVTControlCharacters(coloured)).toBe(prettyReport(suite, { width: 80, paint: plain }));
    expect(coloured).toContain('\u001B[');
  });
});

describe('what was not judged', () => {
  const [crash, calm] = suite.scenarios as [(typeof suite.scenarios)[0], (typeof suite.scenarios)[0]];
  const bounds = crash.bounds.map((bound) => ({ ...bound, observed: null, judged: false, holds: true }));
  const sometimes = crash.sometimes.map((point) => ({ ...point, reachedBy: 0, judged: false }));
  const lost = [{ scenario: calm.scenario, seed: 11, how: 'still playing after 70 s' }];
  const unjudged = { ...suite, lost, scenarios: [{ ...crash, bounds, sometimes }, calm] };

  test('is no pass for people', () => {
    const told = prettyReport(unjudged, { width: 80, paint: plain });
    expect(told).toContain('-    crash-of-one: detection p99 at most 7 s, not judged\n');
    expect(told).toContain('-    crash-of-one: reaching "somebody suspected", "somebody refuted" not judged');
    expect(told).toContain(`FAIL ${calm.scenario}, seed 11: still playing after 70 s\n`);
    expect(told).toContain('2 runs not played: the time limit ended it\n1 run lost\n');
  });

  test('is skipped in JUnit, and its counts are those of its cases', () => {
    const xml = junitReport(unjudged);
    const cases = (name: string) => xml.split(`<${name} message=`).length - 1;
    const told = (name: string) => [...xml.matchAll(new RegExp(` ${name}="(\\d+)"`, 'g'))].map(([, n]) => Number(n));
    for (const [tally, name] of [
      ['failures', 'failure'],
      ['errors', 'error'],
      ['skipped', 'skipped'],
    ] as const) {
      expect(told(tally).reduce((a, b) => a + b)).toBe(cases(name));
    }
    expect([cases('error'), cases('skipped')]).toEqual([1, 5]);
  });
});

describe('colours', () => {
  const terminal = { isTTY: true };
  const isColourful = (stream: { isTTY?: boolean }, environment: Record<string, string>) =>
    paintFor(stream, environment)('red', 'x') !== 'x';

  test('are for terminals', () => {
    expect(isColourful(terminal, {})).toBe(true);
    expect(isColourful({}, {})).toBe(false);
  });

  test('yield to NO_COLOR, and come when FORCE_COLOR asks', () => {
    expect(isColourful(terminal, { NO_COLOR: '1' })).toBe(false);
    expect(isColourful(terminal, { NO_COLOR: '' })).toBe(true);
    expect(isColourful({}, { FORCE_COLOR: '1' })).toBe(true);
    expect(isColourful(terminal, { FORCE_COLOR: '0' })).toBe(false);
  });
});

describe('the results file', () => {
  test('holds every run and the distributions per scenario', () => {
    const parsed = JSON.parse(jsonReport(suite));
    expect(parsed.runs).toHaveLength(20);
    expect(Object.keys(parsed.runs[0])).toEqual([
      'scenario',
      'seed',
      'token',
      'hash',
      'verdict',
      'violation',
      'metrics',
    ]);
    expect(parsed.runs[0]).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{16}$/), violation: null });
    expect(parsed.runs[1].violation).toMatchObject({ invariant: 'no-resurrection', at: 12_345_678 });
    expect(parsed.scenarios[0].distributions.detection).toEqual({
      samples: 10,
      p50: 3_250_000,
      p99: 3_250_000,
      max: 3_250_000,
    });
    expect(parsed.scenarios[1].distributions.detection).toEqual({ samples: 0, p50: null, p99: null, max: null });
    expect(parsed.notPlayed).toBe(3);
  });
});

describe('JUnit', () => {
  test('has a case per seed, bound and point, with the replay line in the failure', () => {
    expect(junitReport(suite)).toMatchSnapshot();
  });

  test('escapes what XML would read as its own', () => {
    expect(junitReport(suite)).toContain('dead &amp; buried at incarnation 5, then alive at &lt;5&gt;');
    expect(junitReport(suite)).not.toMatch(/<5>/);
  });
});

describe('GitHub annotations', () => {
  test('are one line per finding, with the line to paste', () => {
    expect(githubReport(suite)).toMatchSnapshot();
    const [first] = githubReport(suite)
      .split('\n')
      .filter((line) => line.startsWith('::'));
    expect(first!.endsWith(`npx rollcall replay ${failing.token} './my scenarios/crash.ts'`)).toBe(true);
  });

  test('follow the table, which is also the summary of the job', () => {
    const table = prettyReport(suite, { width: 100, paint: plain });
    expect(githubReport(suite).startsWith(table)).toBe(true);
    expect(githubSummary(suite)).toContain(table);
  });
});

describe('the live line', () => {
  test('tells how far the suite is', () => {
    const progress = { played: 1_234, planned: 5_000, failed: 2, latest: failing };
    expect(liveLine(progress)).toBe('1,234/5,000 runs, 2 failed - crash-of-one, seed 2');
  });
});
