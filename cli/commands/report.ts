import { htmlReport } from '../../reports/index.ts';
import { UsageError } from '../../scenarios/errors.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { jobsOf, textOf } from '../options.ts';
import { prepareFile, writeText } from '../output-file.ts';
import { keptResults, readResults, REPORT_FILE, RESULTS_FILE } from '../results-files.ts';
import { timelineLinks } from '../timeline-links.ts';
import { compareWith, comparisonExitCode } from './report-compare.ts';
import { sweepNow } from './report-sweep.ts';
import { timelineCommand } from './report-timeline.ts';

export async function reportCommand(given: readonly string[], options: Given): Promise<number> {
  const token = textOf(options, 'timeline');
  if (token !== undefined) return await timelineCommand(token, given);
  const [file = RESULTS_FILE, ...more] = given;
  if (more.length > 0) throw new UsageError('INVALID_OPTION', `A report is of one results file: ${given.join(', ')}.`);
  const output = textOf(options, 'output') ?? REPORT_FILE;
  const earlier = textOf(options, 'compare');
  const demanding = options['failOnRegression'] === true;
  if (demanding && earlier === undefined) {
    throw new UsageError(
      'INVALID_OPTION',
      '--fail-on-regression needs something to compare with: add --compare and an earlier results file.',
    );
  }
  prepareFile(output);
  const suite = readResults(file);
  const comparison = earlier === undefined ? undefined : compareWith(earlier, suite);
  if (options['sweep'] === true && (await sweepNow(jobsOf(options))) === undefined) return ExitCode.interrupted;
  writeText(output, htmlReport({ suite, ...keptResults(), comparison, timelines: timelineLinks(suite, output) }));
  process.stdout.write(`${output}\n`);
  return demanding && comparison !== undefined ? comparisonExitCode(comparison) : ExitCode.pass;
}
