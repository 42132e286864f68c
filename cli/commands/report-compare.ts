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

/** With `--fail-on-regression`: without a scenario in both files, nobody knows. */
export function comparisonExitCode({ regressed, same, tested }: Comparison): number {
  if (same.length + tested.length === 0) return ExitCode.usage;
  return regressed ? ExitCode.failed : ExitCode.pass;
}
