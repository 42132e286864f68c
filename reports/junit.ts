import type { RunResult, ScenarioResult, SuiteResult } from '../scenarios/result.ts';
import { isOpen, missed } from '../scenarios/summary.ts';
import { failureDetails, failureHeadline } from '../scenarios/failure-in-words.ts';
import { boundInWords, count } from './figures.ts';

interface TestCase {
  readonly name: string;
  /** What went wrong: a headline and details. */
  readonly failure?: { readonly message: string; readonly text: string };
  /** Why there is no result, though there should be one. */
  readonly error?: string;
  /** Why it was not judged. */
  readonly skipped?: string;
}

/** JUnit's XML: a suite per scenario; a case per seed, per bound and per point that must be reached. */
export function junitReport(suite: SuiteResult): string {
  const suites = suite.scenarios.map((scenario) => {
    const runs = suite.runs.filter((run) => run.scenario === scenario.scenario);
    const lost = suite.lost.filter((run) => run.scenario === scenario.scenario);
    const cases = [
      ...runs.map((run) => caseOfRun(run, suite.files)),
      ...lost.map(({ seed, how }): TestCase => ({ name: `seed ${seed}`, error: how })),
      ...unplayed(scenario.notPlayed - lost.length),
      ...casesOfSuite(scenario),
    ];
    return element(
      'testsuite',
      { ...tally(cases), name: scenario.scenario, time: busy(suite, scenario.scenario) },
      cases.map((one) => caseElement(scenario.scenario, one)).join(''),
    );
  });
  const attributes = { name: 'rollcall', time: suite.timing.wallSeconds.toFixed(3) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, suites.join(''))}`;
}

function caseOfRun(run: RunResult, files: readonly string[]): TestCase {
  const name = `seed ${run.seed}`;
  if (run.verdict === 'pass') return { name };
  return { name, failure: { message: failureHeadline(run), text: failureDetails(run, files).join('\n') } };
}

function unplayed(runs: number): TestCase[] {
  return runs > 0 ? [{ name: count(runs, 'further run'), skipped: 'not played' }] : [];
}

function casesOfSuite({ bounds, sometimes }: ScenarioResult): TestCase[] {
  return [
    ...bounds.map((bound) => ({
      name: `${bound.metric} ${bound.quantile}`,
      ...(bound.judged ? {} : { skipped: 'nothing was played' }),
      ...(bound.holds ? {} : { failure: { message: boundInWords(bound), text: boundInWords(bound) } }),
    })),
    ...sometimes.map((point) => ({
      name: `reaches ${point.point}`,
      ...(isOpen(point) ? { skipped: 'too few seeds to judge' } : {}),
      ...(missed(point) ? { failure: { message: 'no seed reached this point', text: point.point } } : {}),
    })),
  ];
}

function tally(cases: readonly TestCase[]): Record<string, number> {
  return {
    tests: cases.length,
    failures: cases.filter(({ failure }) => failure !== undefined).length,
    errors: cases.filter(({ error }) => error !== undefined).length,
    skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
  };
}

function busy(suite: SuiteResult, scenario: string): string {
  return (suite.timing.busySeconds[scenario] ?? 0).toFixed(3);
}

function caseElement(scenario: string, { name, failure, error, skipped }: TestCase): string {
  const inside = [
    failure === undefined ? '' : element('failure', { message: failure.message }, escape(failure.text)),
    error === undefined ? '' : element('error', { message: error }, ''),
    skipped === undefined ? '' : element('skipped', { message: skipped }, ''),
  ];
  return element('testcase', { classname: scenario, name }, inside.join(''));
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, content: string): string {
  const listed = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(String(value))}"`);
  return `<${name}${listed.join('')}>${content}</${name}>\n`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no form at all for most control characters: they become a question mark. */
function escape(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, (char) => (char < ' ' && !'\t\n\r'.includes(char) ? '?' : char))
    .replaceAll(/[&<>"]/g, (char) => ENTITIES[char]!);
}
