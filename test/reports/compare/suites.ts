import { seededRandom } from '../../../core/random.ts';
import type { RunResult, SuiteResult } from '../../../scenarios/result.ts';
import type { RunMetrics, Scenario } from '../../../scenarios/scenario.ts';
import { summarise } from '../../../scenarios/summary.ts';
import { formatToken } from '../../../scenarios/token.ts';
import { metrics, run } from '../suite-result.ts';

export const SECOND = 1_000_000;

export interface PlayedScenario {
  readonly name: string;
  readonly seeds: readonly number[];
  measure(seed: number): Partial<RunMetrics>;
  readonly changes?: Partial<RunResult>;
  /** The digest of its stages. */
  readonly stage?: string;
}

/** A suite whose runs measured what they are told to. The hash follows from what was measured. */
export function played(scenarios: readonly PlayedScenario[]): SuiteResult {
  const groups = scenarios.map(({ name, seeds, measure, changes, stage = '0badcafe' }) => {
    const runs = seeds.map((seed) => {
      const measured = { ...metrics, ...measure(seed) };
      const token = tokenOf(name, seed, stage);
      return run(name, seed, { token, metrics: measured, hash: JSON.stringify(measured), ...changes });
    });
    return { runs, summary: summarise(scenarioNamed(name), runs, 0) };
  });
  return {
    version: '0.1.0',
    files: [],
    runs: groups.flatMap(({ runs }) => runs),
    scenarios: groups.map(({ summary }) => summary),
    stopped: 'done',
    notPlayed: 0,
    lost: [],
    verdict: 'pass',
    timing: { wallSeconds: 1, workers: 2, busySeconds: {} },
  };
}

export function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** What an honest cluster might measure: about 5 s to detect, with a long tail, and some noise in the load. */
export function natural(seed: number): RunMetrics {
  const random = seededRandom(`natural ${seed}`);
  const skewed = (middle: number) => Math.round(middle * SECOND * (0.7 + 0.4 / (0.25 + random.int(1_000) / 1_000)));
  return {
    ...metrics,
    formation: [skewed(2)],
    firstDetection: [skewed(4)],
    detection: [skewed(5)],
    convergence: [skewed(8)],
    falsePositives: random.int(10) === 0 ? random.int(5) : 0,
    messages: 6_000 + random.int(400),
    bytes: 600_000 + random.int(50_000),
  };
}

function scenarioNamed(name: string): Scenario {
  return { name, summary: name, stage: () => ({ hosts: [], faults: [], duration: 0, invariants: [] }) };
}

function tokenOf(scenario: string, seed: number, stage: string): string {
  return formatToken({ scenario, seed, mode: 'reference', stage, version: '0.1.0', code: '0', hash: '0' });
}
