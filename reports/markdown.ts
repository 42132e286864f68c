import { failureHeadline, groupFailures } from '../scenarios/failure-in-words.ts';
import type { ScenarioResult, SuiteResult } from '../scenarios/result.ts';
import { replayLine } from '../scenarios/result.ts';
import { missed } from '../scenarios/summary.ts';
import { boundInWords, count, lostInWords, quantiles, rate, whole } from './figures.ts';

/** As many as a comment under a change can bear. */
const FAILURES_TOLD = 20;

/** A suite as a text for wikis and comments: the table, and what failed with the line to paste. */
export function markdownReport(suite: SuiteResult): string {
  const { scenarios, runs, notPlayed, lost } = suite;
  const passed = runs.filter(({ verdict }) => verdict === 'pass').length;
  const unplayed = notPlayed - lost.length;
  const blocks = [
    ['## Rollcall'],
    [
      `${count(scenarios.length, 'scenario')}, ${count(runs.length, 'run')}: **${whole(passed)} passed, ` +
        `${whole(runs.length - passed)} failed**${unplayed > 0 ? `, ${whole(unplayed)} not played` : ''}.`,
    ],
    table(scenarios),
    ['Times in seconds of virtual time: p50/p99/max. Messages and bytes: per node and second.'],
    unproven(suite),
    ...failures(suite),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function table(scenarios: readonly ScenarioResult[]): string[] {
  return [
    '| Scenario | Verdict | Runs | Failed | Detection | Convergence | False positives | Messages | Bytes |',
    '| :------- | :------ | ---: | -----: | --------: | ----------: | --------------: | -------: | ----: |',
    ...scenarios.map((one) => {
      const cells = [
        code(one.scenario),
        one.seeds === 0 ? '-' : one.verdict,
        whole(one.seeds),
        whole(one.failed + one.nondeterministic),
        quantiles(one.distributions.detection),
        quantiles(one.distributions.convergence),
        whole(one.falsePositives),
        rate(one.messagesPerNodePerSecond),
        rate(one.bytesPerNodePerSecond),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ];
}

/** What no single run shows: broken bounds, points that nobody reached, and runs that were lost. */
function unproven({ scenarios, lost }: SuiteResult): string[] {
  return [
    ...scenarios.flatMap(({ scenario, bounds, sometimes }) => [
      ...bounds.filter(({ holds }) => !holds).map((bound) => `- ${code(scenario)}: ${boundInWords(bound)}`),
      ...sometimes.filter(missed).map(({ point }) => `- ${code(scenario)}: no run reached "${plain(point)}"`),
    ]),
    ...lost.map((run) => `- ${plain(lostInWords(run))}`),
  ];
}

function failures({ runs, files }: SuiteResult): string[][] {
  const groups = groupFailures(runs);
  const told = groups.slice(0, FAILURES_TOLD).map(({ first, others }) => {
    const { violation } = first;
    const more = others.length > 0 ? ` ${count(others.length, 'more run')} failed alike.` : '';
    return [
      `### ${plain(failureHeadline(first))}`,
      '',
      ...(violation === null ? [] : [`${plain(violation.words)} ${plain(violation.detail)}${more}`, '']),
      ...(violation?.faults ?? []).map((fault) => `- ${plain(fault)}`),
      ...((violation?.faults.length ?? 0) > 0 ? [''] : []),
      '```sh',
      replayLine(first.token, files),
      '```',
    ];
  });
  const rest = groups.length - told.length;
  return rest > 0 ? [...told, [`${count(rest, 'more finding')}: see the results file.`]] : told;
}

function code(name: string): string {
  return `\`${name}\``;
}

/** Texts of scenarios stay texts: no markup, no links, no cells. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~]/g, String.raw`\$&`).replaceAll(/\s*\n\s*/g, ' ');
}
