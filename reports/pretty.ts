import type { LostRun, ScenarioResult, StopReason, SuiteResult, SuiteVerdict, Verdict } from '../scenarios/result.ts';
import { replayLine } from '../scenarios/result.ts';
import { isOpen, missed } from '../scenarios/summary.ts';
import { failureDetails, failureHeadline, groupFailures } from '../scenarios/failure-in-words.ts';
import { boundInWords, count, limitInWords, lostInWords, quantiles, rate, whole } from './figures.ts';
import type { Paint, Style } from './style.ts';
import { layOut } from './table.ts';
import type { Column } from './table.ts';
import { wrap } from './wrap.ts';

export interface PrettyOptions {
  /** Characters per line. */
  readonly width: number;
  readonly paint: Paint;
  /** Where the same suite can be looked at in a browser. */
  readonly page?: string;
}

const VERDICTS: Record<SuiteVerdict, { readonly word: string; readonly style: Style }> = {
  pass: { word: 'pass', style: 'green' },
  fail: { word: 'FAIL', style: 'red' },
  nondeterministic: { word: 'DIFF', style: 'red' },
  interrupted: { word: 'interrupted', style: 'yellow' },
  'nothing played': { word: 'nothing played', style: 'yellow' },
};

const STOPPED: Record<StopReason, string> = {
  done: '',
  bail: 'stopped after the first failure',
  'time-limit': 'the time limit ended it',
  interrupted: 'interrupted',
};

/** More than these would bury the first one. */
const FAILURES_IN_FULL = 10;

/** A suite for people: the table, the bounds, what failed, and on the last line what to do next. */
export function prettyReport(suite: SuiteResult, options: PrettyOptions): string {
  const blocks = [
    table(suite, options),
    bounds(suite.scenarios, options.paint),
    points(suite.scenarios, options.paint),
    ...failures(suite, options.paint),
    lostRuns(suite.lost, options.paint),
    conclusion(suite, options),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function table(suite: SuiteResult, { width, paint }: PrettyOptions): string[] {
  const { busySeconds } = suite.timing;
  const columns: Column<ScenarioResult>[] = [
    { title: 'scenario', weight: 9, align: 'left', cell: ({ scenario }) => scenario },
    { title: 'seeds', weight: 8, align: 'right', cell: ({ seeds }) => whole(seeds) },
    {
      title: 'verdict',
      weight: 9,
      align: 'left',
      cell: ({ verdict, seeds }) => (isUnjudged(verdict, seeds) ? '-' : VERDICTS[verdict].word),
      paint: (text, { verdict, seeds }) => (isUnjudged(verdict, seeds) ? text : paint(VERDICTS[verdict].style, text)),
    },
    { title: 'detect s', weight: 7, align: 'right', cell: ({ distributions }) => quantiles(distributions.detection) },
    {
      title: 'converge s',
      weight: 6,
      align: 'right',
      cell: ({ distributions }) => quantiles(distributions.convergence),
    },
    { title: 'false+', weight: 5, align: 'right', cell: ({ falsePositives }) => whole(falsePositives) },
    { title: 'msg', weight: 3, align: 'right', cell: (row) => rate(row.messagesPerNodePerSecond) },
    { title: 'bytes', weight: 2, align: 'right', cell: (row) => rate(row.bytesPerNodePerSecond) },
    {
      title: 'speed',
      weight: 4,
      align: 'right',
      cell: ({ scenario, simulatedSeconds }) => speed(simulatedSeconds, busySeconds[scenario] ?? 0),
    },
  ];
  const { lines, leftOut } = layOut(columns, suite.scenarios, width);
  const legend =
    'Times: p50/p99/max. msg, bytes: per node and second. speed: simulated over wall time.' +
    (leftOut.length > 0 ? ` No room for: ${leftOut.join(', ')}.` : '');
  const [header = '', ...rows] = lines;
  return [paint('bold', header), ...rows, ...wrap(legend, width).map((line) => paint('dim', line))];
}

function isUnjudged(verdict: Verdict, seeds: number): boolean {
  return verdict === 'pass' && seeds === 0;
}

function speed(simulatedSeconds: number, wallSeconds: number): string {
  return wallSeconds > 0 ? `${rate(simulatedSeconds / wallSeconds)}x` : '-';
}

function bounds(scenarios: readonly ScenarioResult[], paint: Paint): string[] {
  const lines = scenarios.flatMap(({ scenario, bounds: judged, seeds }) =>
    judged.map((bound) => {
      if (!bound.judged) return `-    ${scenario}: ${limitInWords(bound)}, not judged`;
      const word = bound.holds ? 'pass' : 'FAIL';
      return `${paint(bound.holds ? 'green' : 'red', word)} ${scenario}: ${boundInWords(bound)} (${count(seeds, 'seed')})`;
    }),
  );
  return lines.length > 0 ? [paint('bold', 'Bounds'), ...lines] : [];
}

function points(scenarios: readonly ScenarioResult[], paint: Paint): string[] {
  return scenarios.flatMap(({ scenario, seeds, sometimes }) => {
    const open = sometimes.filter(isOpen).map(({ point }) => `"${point}"`);
    return [
      ...sometimes
        .filter(missed)
        .map(
          ({ point }) =>
            `${paint('red', 'FAIL')} ${scenario}: none of ${count(seeds, 'seed')} reached "${point}", so this scenario proves less than it says.`,
        ),
      ...(open.length > 0
        ? [`-    ${scenario}: reaching ${open.join(', ')} not judged on ${count(seeds, 'seed')}`]
        : []),
    ];
  });
}

function failures({ runs, files }: SuiteResult, paint: Paint): string[][] {
  const groups = groupFailures(runs);
  const told = groups
    .slice(0, FAILURES_IN_FULL)
    .map(({ first, others }) => [
      paint('red', failureHeadline(first)),
      ...failureDetails(first, files),
      ...(others.length > 0 ? [`  Also:    ${seedsInWords(others.map(({ seed }) => seed))}`] : []),
    ]);
  const rest = groups.length - told.length;
  return rest > 0 ? [...told, [`${count(rest, 'more finding')}: see the results file.`]] : told;
}

function lostRuns(lost: readonly LostRun[], paint: Paint): string[] {
  return lost.map((run) => paint('red', lostInWords(run)));
}

function seedsInWords(seeds: readonly number[]): string {
  const shown = seeds.slice(0, 8).join(', ');
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${shown}${seeds.length > 8 ? ` and ${seeds.length - 8} more` : ''}`;
}

function conclusion(
  { scenarios, runs, stopped, notPlayed, lost, timing, verdict, files }: SuiteResult,
  { paint, page }: PrettyOptions,
): string[] {
  const passed = runs.filter((run) => run.verdict === 'pass').length;
  const simulated = scenarios.reduce((total, { simulatedSeconds }) => total + simulatedSeconds, 0);
  const hours = Number((simulated / 3600).toPrecision(3));
  const lines = [
    `${count(scenarios.length, 'scenario')}, ${count(runs.length, 'run')}: ${whole(passed)} passed, ` +
      `${whole(runs.length - passed)} failed; ${hours} h simulated in ${timing.wallSeconds.toFixed(1)} s ` +
      `on ${count(timing.workers, 'worker')}`,
  ];
  const unplayed = notPlayed - lost.length;
  if (unplayed > 0) lines.push(paint('yellow', `${count(unplayed, 'run')} not played: ${STOPPED[stopped]}`));
  if (lost.length > 0) lines.push(paint('red', `${count(lost.length, 'run')} lost`));
  if (page !== undefined) lines.push(`Report: ${page}`);
  const { word, style } = VERDICTS[verdict];
  lines.push(paint(style, word));
  const failing = runs.find((run) => run.verdict !== 'pass');
  if (failing !== undefined) lines.push(replayLine(failing.token, files));
  return lines;
}
