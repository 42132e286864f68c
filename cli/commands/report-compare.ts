import { type Comparison, comparisonReport, compareResults, paintFor } from '../../reports/index.ts';
import type { SuiteResult } from '../../scenarios/result.ts';
import { ExitCode } from '../exit-code.ts';
import { readResults } from '../results-files.ts';

/** Compares with an earlier results file, and tells what changed. */
export function compareWith(file: string, now: SuiteResult): Comparison {
  const comparison = compareResults(readResults(file), now);
  const { stdout } = process;
  const options = { width: Math.max(stdout.columns || 80, 40), paint: paintFor(stdout, process.env) };
  stdout.write(comparisonReport(comparison, options));
  return comparison;
}

/** With `--fail-on-regression`: where no scenario is in both files, or every test had too few runs, nobody knows. */
export function comparisonExitCode({ regressed, same, tested, tests, blind }: Comparison): number {
  if (regressed) return ExitCode.failed;
  const saw = same.length > 0 || (tested.length > 0 && blind < tests);
  return saw ? ExitCode.pass : ExitCode.usage;
}
