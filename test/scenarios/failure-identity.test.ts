import { describe, expect, test } from 'vitest';
import type { FailureIdentity } from '../../scenarios/failure-identity.ts';
import { bugOf, isSameFailure, kindOfFailure } from '../../scenarios/failure-identity.ts';
import type { Failure, RunResult } from '../../scenarios/result.ts';

const rule: FailureIdentity = { invariant: 'one-leader', subject: 'c>d', phase: 'always', detail: 'c acted at 7.' };
const crash: FailureIdentity = { invariant: 'no-exception', subject: 'n1', phase: 'always', detail: 'Error: 3 of 5' };

const isSame = (one: FailureIdentity, other: FailureIdentity | null) =>
  isSameFailure({ violation: other } as unknown as RunResult, one);

describe('two failures of one run are the same', () => {
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

test('failures of several runs are of one kind when rule and phase are, or what was thrown but for its numbers', () => {
  expect(kindOfFailure({ ...rule, subject: 'a>b', detail: 'a acted at 3.' })).toBe(kindOfFailure(rule));
  expect(kindOfFailure({ ...rule, phase: 'end' })).not.toBe(kindOfFailure(rule));
  expect(kindOfFailure({ ...crash, subject: 'n2', detail: 'Error: 1 of 9' })).toBe(kindOfFailure(crash));
  expect(kindOfFailure({ ...crash, detail: 'Error: none' })).not.toBe(kindOfFailure(crash));
});

describe('failures in drawn topologies', () => {
  const hosts = ['n1', 'n2', 'n3'];
  const broken = (change: Partial<Failure>): Failure => ({
    invariant: 'convergence',
    subject: 'n1>n2',
    phase: 'after-healing',
    at: 5,
    detail: 'n1 holds n2 dead',
    words: '',
    faults: [],
    others: 0,
    ...change,
  });
  const identity = (change: Partial<Failure>) => bugOf('wild', broken(change), hosts);

  test('the same rule broken on other hosts, at another time, is the same bug', () => {
    expect(identity({ subject: 'n3>n1', at: 9, detail: 'n3 holds n1 dead', others: 4 })).toBe(identity({}));
  });

  test('another rule, phase or kind of subject is another one', () => {
    const all = [
      {},
      { invariant: 'accuracy' },
      { phase: 'always' as const },
      { subject: 'n1' },
      { subject: 'cluster' },
    ];
    expect(new Set(all.map(identity)).size).toBe(all.length);
  });

  test('what was thrown is told apart by its text, though not by the hosts and numbers in it', () => {
    const thrown = (detail: string) => identity({ invariant: 'no-exception', subject: 'n1', detail });
    expect(thrown('TypeError: n1 has 3 of n2 (at a.ts:3)')).toBe(thrown('TypeError: n3 has 7 of n1 (at a.ts:3)'));
    expect(thrown('TypeError: no list')).not.toBe(thrown('TypeError: no name'));
  });
});
