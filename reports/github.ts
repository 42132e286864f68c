import type { SuiteResult } from '../scenarios/result.ts';
import { missed } from '../scenarios/summary.ts';
import { failureDetails, failureHeadline, groupFailures } from '../scenarios/failure-in-words.ts';
import { boundInWords, count } from './figures.ts';
import { prettyReport } from './pretty.ts';
import { plain } from './style.ts';

const JOB_LOG_WIDTH = 100;

/** For the log of a GitHub workflow: the table for people, and an annotation per finding, which ends with the line to paste. */
export function githubReport(suite: SuiteResult): string {
  const { scenarios, runs, files, notPlayed, lost } = suite;
  const lines = groupFailures(runs).map(({ first, others }) => {
    const more = others.length > 0 ? [`${count(others.length, 'more seed')} failed alike.`] : [];
    // Last comes the line to paste.
    return command('error', failureHeadline(first), [...more, ...failureDetails(first, files)].join('\n'));
  });
  for (const { scenario, bounds, sometimes } of scenarios) {
    for (const bound of bounds) {
      if (!bound.holds) lines.push(command('error', `FAIL ${scenario}: bound`, boundInWords(bound)));
    }
    for (const point of sometimes) {
      if (missed(point)) lines.push(command('error', `FAIL ${scenario}`, `No seed reached "${point.point}".`));
    }
  }
  for (const { scenario, seed, how } of lost) lines.push(command('error', `FAIL ${scenario}, seed ${seed}`, how));
  const unplayed = notPlayed - lost.length;
  if (unplayed > 0) lines.push(command('warning', 'rollcall', `${count(unplayed, 'run')} not played.`));
  const passed = runs.filter(({ verdict }) => verdict === 'pass').length;
  lines.push(command('notice', 'rollcall', `${passed} of ${count(runs.length, 'run')} passed.`));
  return `${prettyReport(suite, { width: JOB_LOG_WIDTH, paint: plain })}\n${lines.join('\n')}\n`;
}

/** The page of a job: the same table as on a terminal. */
export function githubSummary(suite: SuiteResult): string {
  return `### rollcall\n\n\`\`\`text\n${prettyReport(suite, { width: JOB_LOG_WIDTH, paint: plain })}\`\`\`\n`;
}

function command(level: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
