import {
  csvReport,
  githubReport,
  githubSummary,
  htmlReport,
  jsonReport,
  junitReport,
  markdownReport,
  paintFor,
  prettyReport,
} from '../reports/index.ts';
import type { Catalogue } from '../scenarios/catalogue.ts';
import type { CodeIdentity } from '../scenarios/code.ts';
import type { SuiteResult } from '../scenarios/result.ts';
import { timelinesOfFailures } from './commands/report-timeline.ts';
import { appendText, writeText } from './output-file.ts';
import type { ReporterName } from './reporter-names.ts';
import { keptResults, REPORT_FILE, RESULTS_FILE } from './results-files.ts';
import { saveFailures } from './save-failures.ts';
import { timelineLinks } from './timeline-links.ts';

const REPORTS: Record<ReporterName, (suite: SuiteResult) => string> = {
  pretty: (suite) =>
    prettyReport(suite, {
      // Pipes have no width, and some terminals say 0.
      width: Math.max(process.stdout.columns || 80, 40),
      paint: paintFor(process.stdout, process.env),
      page: REPORT_FILE,
    }),
  json: jsonReport,
  junit: junitReport,
  github: githubReport,
  markdown: markdownReport,
  csv: csvReport,
};

export interface Delivery {
  readonly reporter: ReporterName;
  /** Takes the reporter's text in place of stdout. */
  readonly outputFile?: string | undefined;
  /** Takes each distinct failure as a regression. */
  readonly saveTo?: string | undefined;
  readonly catalogue: Catalogue;
  readonly code: CodeIdentity;
}

/** Tells a suite and leaves its files behind: a verdict first, since files may fail; what to do next on the last line. */
export async function deliverSuite(suite: SuiteResult, delivery: Delivery): Promise<void> {
  const text = REPORTS[delivery.outputFile === undefined ? delivery.reporter : 'pretty'](suite);
  const lastLine = text.lastIndexOf('\n', text.length - 2) + 1;
  process.stdout.write(text.slice(0, lastLine));
  try {
    await writeFiles(suite, delivery);
  } finally {
    process.stdout.write(text.slice(lastLine));
  }
}

async function writeFiles(suite: SuiteResult, delivery: Delivery): Promise<void> {
  const { reporter, outputFile, saveTo, catalogue, code } = delivery;
  writeText(RESULTS_FILE, jsonReport(suite));
  const summary = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (reporter === 'github' && summary !== '') appendText(summary, githubSummary(suite));
  if (outputFile !== undefined) writeText(outputFile, REPORTS[reporter](suite));
  // Who interrupted does not want to wait for more.
  if (suite.stopped !== 'interrupted') process.stderr.write(await timelinesOfFailures(suite, catalogue, code));
  writeText(REPORT_FILE, htmlReport({ suite, ...keptResults(), timelines: timelineLinks(suite, REPORT_FILE) }));
  if (saveTo !== undefined) process.stderr.write(await saveFailures(suite, saveTo, catalogue, code));
}
