import type { SuiteResult } from '../scenarios/result.ts';

/** Raised when a field changes its meaning or goes; new fields do not raise it. */
const FORMAT = 1;

/** The results file: everything that was measured, for machines. Times are whole microseconds of virtual time. */
export function jsonReport(suite: SuiteResult): string {
  return `${JSON.stringify({ format: FORMAT, ...suite }, undefined, 2)}\n`;
}
