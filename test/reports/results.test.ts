import { describe, expect, test } from 'vitest';
import { csvReport, jsonReport, markdownReport, parseResults } from '../../reports/index.ts';
import { failing, suiteResult } from './suite-result.ts';

const suite = suiteResult();
const text = jsonReport(suite);

describe('a results file', () => {
  test('is read as it was written', () => {
    expect(parseResults(text, 'results.json')).toEqual(suite);
  });

  test('has one line per run and per scenario', () => {
    const lines = text.split('\n');
    expect(lines.filter((line) => line.includes('"token":'))).toHaveLength(suite.runs.length);
    expect(lines.filter((line) => line.includes('"summary":'))).toHaveLength(suite.scenarios.length);
  });

  const changed = (change: object): string => JSON.stringify({ ...(JSON.parse(text) as object), ...change });

  test.each([
    ['', 'it is empty'],
    [text.slice(0, -200), 'it is not JSON, or was cut off'],
    ['[]', 'it holds no JSON object'],
    ['{}', 'it has no "format", so `rollcall run` did not write it'],
    [changed({ format: 2 }), 'its format is 2, and this version reads 1'],
    [changed({ runs: null }), 'runs is missing or of another kind'],
    [changed({ runs: [...suite.runs, 7] }), 'runs[20] is missing or no object'],
    [
      changed({ runs: [{ ...failing, metrics: { ...failing.metrics, detection: ['soon'] } }] }),
      'runs[0].metrics.detection',
    ],
    [changed({ runs: [{ ...failing, violation: { faults: [] } }] }), 'runs[0].violation'],
    [changed({ runs: [{ ...failing, hash: undefined }] }), 'runs[0].hash'],
    [changed({ timing: {} }), 'timing is missing or of another kind'],
    [changed({ scenarios: [{ ...suite.scenarios[0], messagesPerNodePerSecond: null }] }), 'scenarios[0].messages'],
    [changed({ scenarios: [{ ...suite.scenarios[0], bounds: [null] }] }), 'scenarios[0].bounds'],
  ])('that cannot be used is refused in one line (%#)', (broken, why) => {
    const refuse = () => parseResults(broken, 'my/results.json');
    expect(refuse).toThrow(why);
    expect(refuse).toThrow(/^my\/results\.json is no results file to use: [^\n]* `rollcall run` writes one\.$/);
  });
});

describe('CSV', () => {
  const rows = csvReport(suite).trimEnd().split('\r\n');

  test('has a row per run under documented columns', () => {
    expect(rows).toHaveLength(1 + suite.runs.length);
    expect(rows[0]).toBe(
      'scenario,seed,verdict,token,hash,hosts,simulated_us,events,messages,bytes,formation_us,first_detection_us,' +
        'detection_us,convergence_us,undetected,false_positives,rule,subject,violated_at_us',
    );
    expect(rows[2]).toBe(
      `crash-of-one,2,fail,${failing.token},${failing.hash},10,60000000,12345,6000,600000,2000000,1500000,3250000,` +
        '12000000,0,0,no-resurrection,n3>n7,12345678',
    );
  });

  test('keeps samples together, and texts with commas or quotes whole', () => {
    const violation = { ...failing.violation!, subject: 'a, "b"' };
    const metrics = { ...failing.metrics, detection: [1, 2, 3] };
    const [, row = ''] = csvReport({ ...suite, runs: [{ ...failing, violation, metrics }] }).split('\r\n');
    expect(row).toContain(',1;2;3,');
    expect(row).toContain(',"a, ""b""",');
  });
});

describe('Markdown', () => {
  test('tells the table, what failed and the line to paste', () => {
    expect(markdownReport(suite)).toMatchSnapshot();
  });

  test('takes no markup from a scenario', () => {
    const violation = { ...failing.violation!, detail: '<img src=x> | [a](http://b) `c`\n# d' };
    expect(markdownReport({ ...suite, runs: [{ ...failing, violation }] })).toContain(
      String.raw`\<img src=x\> \| \[a\](http://b) \`c\` \# d`,
    );
  });
});
