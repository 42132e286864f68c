import type { SuiteResult } from '../scenarios/result.ts';

/** Raised when a field changes its meaning or goes; new fields do not raise it. */
export const FORMAT = 1;

/**
 * The results file: everything that was measured, for machines. Times are whole microseconds of virtual time. A run and
 * a scenario have one line each: tools that know nothing of JSON can search and compare it, and it stays short.
 */
export function jsonReport(suite: SuiteResult): string {
  const members = Object.entries({ format: FORMAT, ...suite }).map(
    ([name, value]) => `${JSON.stringify(name)}:${isList(name, value) ? lines(value) : JSON.stringify(value)}`,
  );
  return `{${members.join(',\n')}}\n`;
}

function isList(name: string, value: unknown): value is readonly unknown[] {
  return (name === 'runs' || name === 'scenarios') && Array.isArray(value);
}

function lines(values: readonly unknown[]): string {
  return values.length === 0 ? '[]' : `[\n${values.map((value) => JSON.stringify(value)).join(',\n')}\n]`;
}
