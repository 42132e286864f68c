import { byScenario } from '../by-scenario.ts';
import type { RunResult, SuiteResult } from '../../scenarios/result.ts';

/** One scenario in both suites. */
export interface Counterparts {
  readonly scenario: string;
  readonly earlier: readonly RunResult[];
  readonly now: readonly RunResult[];
}

/** The scenarios that both suites played, in the order of the present one. */
export function counterpartsOf(earlier: SuiteResult, now: SuiteResult): Counterparts[] {
  const before = byScenario(earlier.runs);
  return [...byScenario(now.runs)].flatMap(([scenario, runs]) => {
    const counterpart = before.get(scenario);
    return counterpart === undefined ? [] : [{ scenario, earlier: counterpart, now: runs }];
  });
}

/** The same seeds with the same traces: whatever they measure is equal. */
export function areSame({ earlier, now }: Counterparts): boolean {
  const hashes = new Map(earlier.map(({ seed, hash }) => [seed, hash]));
  return earlier.length === now.length && now.every(({ seed, hash }) => hashes.get(seed) === hash);
}
