import type { RunResult, SuiteResult } from '../scenarios/result.ts';
import type { RunMetrics, Scenario } from '../scenarios/scenario.ts';
import { summarise } from '../scenarios/summary.ts';
import { formatToken } from '../scenarios/token.ts';

/** One in so many runs fails. */
const FAILS = 97;

/**
 * A suite as large as wanted, of the shape of real runs: every run of a scenario is its sample with other times, counts
 * and names. Larger suites than anybody wants to wait for can be reported on with it.
 */
export function syntheticSuite(
  scenarios: readonly Scenario[],
  sampleOf: (scenario: Scenario) => RunResult,
  seeds: number,
): SuiteResult {
  const perScenario = scenarios.map((scenario, index) => {
    const sample = sampleOf(scenario);
    const runs = Array.from({ length: seeds }, (_, seed) => varied(scenario, sample, seed + 1, index));
    return { result: summarise(scenario, runs, 0), runs };
  });
  return {
    version: '0.0.0',
    files: [],
    runs: perScenario.flatMap(({ runs }) => runs),
    scenarios: perScenario.map(({ result }) => result),
    stopped: 'done',
    notPlayed: 0,
    lost: [],
    verdict: 'fail',
    timing: { wallSeconds: 3_600, workers: 2, busySeconds: {} },
  };
}

function varied(scenario: Scenario, { metrics }: RunResult, seed: number, index: number): RunResult {
  // A fixed sequence without regularity, from 0.5 to 1.5: two runs are rarely alike.
  const factor = 0.5 + ((seed * 7_919 + index * 104_729) % 10_007) / 10_007;
  const hash = (seed * 2_654_435_761 + index).toString(16).padStart(16, '0').slice(-16);
  const fails = (seed + index) % FAILS === 0;
  return {
    scenario: scenario.name,
    seed,
    hash,
    token: formatToken({
      scenario: scenario.name,
      seed,
      mode: 'reference',
      stage: hash.slice(8),
      version: '0.0.0',
      code: '77ab01c2',
      hash,
    }),
    verdict: fails ? 'fail' : 'pass',
    violation: fails
      ? {
          invariant: `rule-${seed % 5}`,
          subject: 'n3>n7',
          phase: 'always',
          at: 12_345_678,
          words: 'The dead stay dead unless their incarnation rises.',
          detail: 'n3 held n7 dead at incarnation 5, then alive at incarnation 5.',
          faults: Array.from(
            { length: 12 },
            (_, fault) => `${fault}.000 s: n${fault} is slow by 250 ms until 60.000 s`,
          ),
          others: 2,
        }
      : null,
    metrics: stretched(metrics, factor),
  };
}

function stretched(metrics: RunMetrics, factor: number): RunMetrics {
  const times = (values: readonly number[]) => values.map((value, nth) => Math.round(value * (factor + nth / 100)));
  return {
    ...metrics,
    messages: Math.round(metrics.messages * factor),
    bytes: Math.round(metrics.bytes * factor),
    formation: times(metrics.formation),
    firstDetection: times(metrics.firstDetection),
    detection: times(metrics.detection),
    convergence: times(metrics.convergence),
  };
}
