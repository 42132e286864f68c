import { describe, expect, test } from 'vitest';
import type { FailureIdentity } from '../../scenarios/regression/identity.ts';
import { isSameFailure } from '../../scenarios/regression/identity.ts';
import type { RunResult } from '../../scenarios/result.ts';

const rule: FailureIdentity = { invariant: 'one-leader', subject: 'c>d', phase: 'always', detail: 'c acted at 7.' };
const crash: FailureIdentity = { invariant: 'no-exception', subject: 'n1', phase: 'always', detail: 'Error: 3 of 5' };

const isSame = (one: FailureIdentity, other: FailureIdentity | null) =>
  isSameFailure({ violation: other } as unknown as RunResult, one);

describe('two failures are the same', () => {
  test('when they break the same rule about the same hosts in the same phase, whatever was measured', () => {
    expect(isSame(rule, { ...rule, detail: 'c acted at 9.' })).toBe(true);
  });

  test.each([
    ['another rule', { invariant: 'few-leaders' }],
    ['other hosts', { subject: 'd>c' }],
    ['another phase', { phase: 'end' as const }],
  ])('unless it is %s', (_, other) => expect(isSame(rule, { ...rule, ...other })).toBe(false));

  test('when an exception is the same but for its numbers', () => {
    expect(isSame(crash, { ...crash, detail: 'Error: 4 of 5' })).toBe(true);
    expect(isSame(crash, { ...crash, detail: 'TypeError: x is undefined' })).toBe(false);
  });

  test('never when one of them is none', () => expect(isSame(rule, null)).toBe(false));
});
