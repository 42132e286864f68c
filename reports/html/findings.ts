import { groupFailures } from '../../scenarios/failure-in-words.ts';
import type { RunResult } from '../../scenarios/result.ts';
import type { FailedRun, Finding } from './data.ts';

/** Of runs that failed alike, more of them tell nothing new. */
const RUNS_PER_FINDING = 5;

/** All of them in full, with the faults in force, are at most about a megabyte. */
const RUNS_IN_FULL = 400;

/** What went wrong: the first run of every finding before the second of any; where they are too many, seeds alone. */
export function findingsOf(runs: readonly RunResult[]): Finding[] {
  const groups = groupFailures(runs);
  const share = Math.floor(RUNS_IN_FULL / Math.max(1, groups.length));
  const perFinding = Math.max(1, Math.min(RUNS_PER_FINDING, share));
  return groups.map(({ first, others }, index) => ({
    scenario: first.scenario,
    verdict: first.verdict,
    invariant: first.violation?.invariant ?? null,
    words: first.violation?.words ?? null,
    seeds: [first, ...others].map(({ seed }) => seed),
    runs: index < RUNS_IN_FULL ? [first, ...others].slice(0, perFinding).map(failedRun) : [],
  }));
}

function failedRun({ seed, token, violation }: RunResult): FailedRun {
  if (violation === null) return { seed, token, violation };
  const { subject, at, detail, faults, others } = violation;
  return { seed, token, violation: { subject, at, detail, faults, others } };
}
