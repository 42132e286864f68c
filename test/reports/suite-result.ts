import type { RunResult, SuiteResult } from '../../scenarios/result.ts';
import type { RunMetrics, Scenario } from '../../scenarios/scenario.ts';
import { summarise } from '../../scenarios/summary.ts';

const SECOND = 1_000_000;

export const metrics: RunMetrics = {
  hosts: 10,
  simulated: 60 * SECOND,
  events: 12_345,
  messages: 6_000,
  bytes: 600_000,
  formation: [2 * SECOND],
  firstDetection: [1.5 * SECOND],
  undetected: 0,
  detection: [3.25 * SECOND],
  convergence: [12 * SECOND],
  falsePositives: 0,
  struck: { crash: 1, 'link.loss': 40 },
  reached: ['somebody suspected'],
};

export function run(scenario: string, seed: number, changes: Partial<RunResult> = {}): RunResult {
  return {
    scenario,
    seed,
    token: `rc1:${scenario}:${seed}:r0badcafe:0.1.0:77ab01c2:5f3a00112233aabb:c0de`,
    hash: '5f3a00112233aabb',
    verdict: 'pass',
    violation: null,
    metrics,
    ...changes,
  };
}

export const failing = run('crash-of-one', 2, {
  verdict: 'fail',
  violation: {
    invariant: 'no-resurrection',
    subject: 'n3>n7',
    phase: 'always',
    at: 12_345_678,
    words: 'The dead stay dead unless their incarnation rises.',
    detail: 'n3 held n7 dead & buried at incarnation 5, then alive at <5>.',
    faults: ['10.000 s: n7 crash', '11.000 s: links from everybody to everybody suffer 33.3 % loss until 20.000 s'],
    others: 2,
  },
});

const crash: Scenario = {
  name: 'crash-of-one',
  summary: 'one host of ten crashes',
  sometimes: ['somebody suspected', 'somebody refuted'],
  bounds: [
    { metric: 'detection', quantile: 'p99', atMost: 7 * SECOND },
    { metric: 'convergence', quantile: 'max', atMost: 10 * SECOND },
  ],
  stage: () => ({ hosts: [], faults: [], duration: 0, invariants: [] }),
};
const calm: Scenario = { ...crash, name: 'formation-from-one-seed-of-a-hundred', sometimes: [], bounds: [] };

/** Ten runs each of a scenario with failures and of one without. */
export function suiteResult(): SuiteResult {
  const seeds = Array.from({ length: 10 }, (_, index) => index + 1);
  const crashed = seeds.map((seed) => (seed === 2 || seed === 5 ? { ...failing, seed } : run('crash-of-one', seed)));
  const formed = seeds.map((seed) => run(calm.name, seed, { metrics: { ...metrics, detection: [], convergence: [] } }));
  return {
    version: '0.1.0',
    files: ['./my scenarios/crash.ts'],
    runs: [...crashed, ...formed],
    scenarios: [summarise(crash, crashed, 0), summarise(calm, formed, 3)],
    stopped: 'time-limit',
    notPlayed: 3,
    lost: [],
    verdict: 'fail',
    timing: { wallSeconds: 2.5, workers: 2, busySeconds: { 'crash-of-one': 1, [calm.name]: 3 } },
  };
}
