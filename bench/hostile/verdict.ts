import { table } from '../node/table.ts';

/** One thing that was required and what came of it. */
export interface Verdict {
  readonly what: string;
  readonly required: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** What a part of the bench found: lines to read, and the verdicts. */
export interface Part {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
  readonly verdicts: readonly Verdict[];
}

export function partInWords({ title, rows, verdicts }: Part): string {
  const judged = verdicts.map(({ what, required, measured, holds }) => [
    what,
    measured,
    `required: ${required}`,
    holds ? 'holds' : 'FAILS',
  ]);
  return [title, table(rows), '', table(judged)].join('\n');
}

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
export const percent = (part: number, of: number): string => (of === 0 ? '-' : `${((100 * part) / of).toFixed(2)} %`);
