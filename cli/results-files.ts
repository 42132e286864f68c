import { existsSync } from 'node:fs';
import { parsePapers, parseResults, parseSweep } from '../reports/index.ts';
import { UsageError } from '../scenarios/errors.ts';
import type { PapersResult } from '../scenarios/papers/result.ts';
import type { SuiteResult } from '../scenarios/result.ts';
import type { SweepResults } from '../scenarios/sweep/result.ts';
import { textIfThere } from './output-file.ts';
import { readText } from './terminal.ts';

const FOLDER = 'rollcall-results';

/** What commands leave behind, and where others look for it. */
export const RESULTS_FILE = `${FOLDER}/results.json`;
export const REPORT_FILE = `${FOLDER}/report.html`;
export const TIMELINES_FOLDER = `${FOLDER}/timelines`;
export const SWEEP_FILE = `${FOLDER}/sweeps.json`;
export const PAPERS_FILE = `${FOLDER}/papers.json`;

export function readResults(file: string): SuiteResult {
  if (file === RESULTS_FILE && !existsSync(file)) {
    throw new UsageError(
      'NO_RESULTS',
      `${file} is not there. \`rollcall run\` writes it; or name another results file.`,
    );
  }
  return parseResults(readText(file), file);
}

/** What is shown in every report once it was measured. */
export interface Kept {
  readonly sweep?: SweepResults | undefined;
  readonly papers?: PapersResult | undefined;
}

export function keptResults(): Kept {
  return { sweep: kept(SWEEP_FILE, parseSweep), papers: kept(PAPERS_FILE, parsePapers) };
}

/** One that cannot be used keeps nobody from a report of something else. */
function kept<Result>(file: string, parse: (text: string, file: string) => Result): Result | undefined {
  try {
    const text = textIfThere(file);
    return text === undefined ? undefined : parse(text, file);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`rollcall: ${error.message}\n`);
    return undefined;
  }
}
