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

/** Everybody is given this long to be well again. */
export const RECOVERY_SECONDS = 2;

/** `seconds` is what `Scene.recovery` says. */
export function recovers(seconds: number | undefined): Verdict {
  return {
    what: 'ready, healthy, answering and held alive by all',
    required: `within ${RECOVERY_SECONDS} s`,
    measured: seconds === undefined ? 'no' : `after ${seconds.toFixed(2)} s`,
    holds: seconds !== undefined && seconds <= RECOVERY_SECONDS,
  };
}

/** `ms` is what `Scene.exchange` says. */
export function exchangesAgain(ms: number | undefined): Verdict {
  return {
    what: 'a peer exchanges state again',
    required: 'yes',
    measured: ms === undefined ? 'no' : `in ${ms.toFixed(0)} ms`,
    holds: ms !== undefined,
  };
}

export function peaksBelow(megabytes: number, peak: number): Verdict {
  return {
    what: 'peak memory',
    required: `at most ${megabytes} MB`,
    measured: `${peak.toFixed(0)} MB`,
    holds: peak <= megabytes,
  };
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
