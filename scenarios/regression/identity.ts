import type { Failure, RunResult } from '../result.ts';

/** What makes two failures the same one; when it broke, and with which values, does not. */
export type FailureIdentity = Pick<Failure, 'invariant' | 'subject' | 'phase' | 'detail'>;

export function isSameFailure({ violation }: RunResult, failure: FailureIdentity): boolean {
  if (violation === null || KEYS.some((key) => violation[key] !== failure[key])) return false;
  // Of a rule, the detail is what was measured. Of an exception, it says which one it was, but for the numbers in it.
  return failure.invariant !== 'no-exception' || withoutNumbers(violation.detail) === withoutNumbers(failure.detail);
}

const KEYS = ['invariant', 'subject', 'phase'] as const;

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '0');
}

export function identityInWords({ invariant, subject }: Pick<FailureIdentity, 'invariant' | 'subject'>): string {
  return subject === '' ? invariant : `${invariant} (${subject})`;
}
