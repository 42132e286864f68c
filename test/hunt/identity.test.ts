import { expect, test } from 'vitest';
import { identityOf } from '../../scenarios/hunt/identity.ts';
import type { Failure } from '../../scenarios/result.ts';

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
const identity = (change: Partial<Failure>) => identityOf('wild', broken(change), hosts);

test('the same rule broken on other hosts, at another time, is the same bug', () => {
  expect(identity({ subject: 'n3>n1', at: 9, detail: 'n3 holds n1 dead', others: 4 })).toBe(identity({}));
});

test('another rule, phase or kind of subject is another one', () => {
  const all = [{}, { invariant: 'accuracy' }, { phase: 'always' as const }, { subject: 'n1' }, { subject: 'cluster' }];
  expect(new Set(all.map(identity)).size).toBe(all.length);
});

test('what was thrown is told apart by its text, though not by the hosts and numbers in it', () => {
  const thrown = (detail: string) => identity({ invariant: 'no-exception', subject: 'n1', detail });
  expect(thrown('TypeError: n1 has 3 of n2 (at a.ts:3)')).toBe(thrown('TypeError: n3 has 7 of n1 (at a.ts:3)'));
  expect(thrown('TypeError: no list')).not.toBe(thrown('TypeError: no name'));
});
