import type { Failure } from '../result.ts';

/**
 * Which bug a failure shows, as far as a machine can tell: the scenario, the rule, its phase, and what kind of subject
 * it is about: a host, a pair of hosts, a fault. Names of hosts and numbers take no part, for the same bug strikes
 * another host the next time. What was thrown is told apart by its text and place, which say far more than the rule
 * that nothing may be thrown. Two bugs that break one rule count as one until the first is mended.
 */
export function identityOf(scenario: string, violation: Failure, hosts: readonly string[]): string {
  const { invariant, phase, subject, detail } = violation;
  const anonymous = (text: string) =>
    text.replaceAll(/[A-Za-z0-9_-]+/g, (word) => (hosts.includes(word) ? 'host' : word));
  const thrown = THROWN.has(invariant) ? anonymous(detail).replaceAll(/\d+/g, '#') : '';
  return [scenario, invariant, phase, anonymous(subject), thrown].join(' ').trimEnd();
}

const THROWN: ReadonlySet<string> = new Set(['no-exception', 'no-ambient-nondeterminism']);
