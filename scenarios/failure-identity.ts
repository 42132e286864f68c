import type { Failure, RunResult } from './result.ts';

/** What makes two failures of one run, played in different ways, the same one. When it broke does not. */
export type FailureIdentity = Pick<Failure, 'invariant' | 'subject' | 'phase' | 'detail'>;

/** Rules that stand for anything that a program may throw or ask: there, the text says which of them it was. */
const THROWN: ReadonlySet<string> = new Set(['no-exception', 'no-ambient-nondeterminism']);

const KEYS = ['invariant', 'subject', 'phase'] as const;

/** The strictest sense, for edits of one run: the same rule about the same hosts, in the same phase. */
export function isSameFailure({ violation }: RunResult, failure: FailureIdentity): boolean {
  if (violation === null || KEYS.some((key) => violation[key] !== failure[key])) return false;
  return thrownText(violation) === thrownText(failure);
}

/** For the runs of one scenario: which rule, in which phase. */
export function kindOfFailure(failure: FailureIdentity): string {
  return [failure.invariant, failure.phase, thrownText(failure)].join(' ').trimEnd();
}

/**
 * For runs of drawn topologies: which bug a failure shows, as far as a machine can tell. The scenario, the rule, its
 * phase, and what kind of subject it is about: a host, a pair of hosts, a fault. Names of hosts and numbers take no
 * part, for the same bug strikes another host the next time. Two bugs that break one rule count as one until the first
 * is mended.
 */
export function bugOf(scenario: string, failure: FailureIdentity, hosts: readonly string[]): string {
  const anonymous = (text: string) =>
    text.replaceAll(/[A-Za-z0-9_-]+/g, (word) => (hosts.includes(word) ? 'host' : word));
  const { subject, detail } = failure;
  return `${scenario} ${kindOfFailure({ ...failure, detail: anonymous(detail) })} ${anonymous(subject)}`.trimEnd();
}

export function identityInWords({ invariant, subject }: Pick<FailureIdentity, 'invariant' | 'subject'>): string {
  return subject === '' ? invariant : `${invariant} (${subject})`;
}

/** Of a rule, the detail is what was measured, and says nothing of which failure it is. */
function thrownText({ invariant, detail }: FailureIdentity): string {
  return THROWN.has(invariant) ? detail.replaceAll(/\d+/g, '#') : '';
}
