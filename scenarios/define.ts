import { InvalidScenario } from './errors.ts';
import { suggestion } from '../core/nearest.ts';
import type { Bound, MetricName, Scenario } from './scenario.ts';
import type { FaultKind } from '../simulator/faults/fault.ts';

const FIELDS = ['name', 'summary', 'mustStrike', 'sometimes', 'bounds', 'anySchedule', 'fixed', 'stage'];
const QUANTILES = ['p50', 'p99', 'max'] satisfies Bound['quantile'][];

const METRICS = {
  formation: true,
  firstDetection: true,
  detection: true,
  convergence: true,
  falsePositives: true,
} satisfies Record<MetricName, true>;

const FAULT_KINDS = {
  crash: true,
  restart: true,
  pause: true,
  slow: true,
  clock: true,
  partition: true,
  block: true,
  link: true,
  stream: true,
  service: true,
  command: true,
} satisfies Record<FaultKind, true>;

/**
 * Checks a scenario where it is written, so that a slip shows at once and not in the middle of a suite. Returns the
 * same scenario, frozen.
 */
export function defineScenario(scenario: Scenario): Scenario {
  const problem = problemOf(scenario);
  if (problem !== undefined) throw new InvalidScenario(String(scenario?.name ?? '(unnamed)'), problem);
  return Object.freeze({ ...scenario });
}

/** Whether a value that a module exports was meant as a scenario. */
export function looksLikeScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'name' in value && 'stage' in value;
}

function problemOf(scenario: Scenario): string | undefined {
  const { name, summary, mustStrike = [], sometimes = [], bounds = [], stage } = scenario ?? {};
  // Names become parts of tokens and of command lines: nothing in them may mean something to a shell.
  if (typeof name !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    return 'the name must be lower-case words joined by hyphens, such as "crash-of-one".';
  }
  if (typeof summary !== 'string' || summary === '' || summary.includes('\n')) {
    return 'the summary must be one line that says what happens in it.';
  }
  if (typeof stage !== 'function') return 'stage must be a function that builds hosts, faults and duration.';
  const extra = Object.keys(scenario).find((key) => !FIELDS.includes(key));
  if (extra !== undefined) return `${JSON.stringify(extra)} is not a field of a scenario.${suggestion(extra, FIELDS)}`;
  for (const kind of mustStrike) {
    if (!(kind.replace(/^service\..+$/, 'service') in FAULT_KINDS)) {
      return `mustStrike names ${JSON.stringify(kind)}, which is no kind of fault.${suggestion(kind, Object.keys(FAULT_KINDS))}`;
    }
  }
  if (sometimes.some((point) => typeof point !== 'string' || point === ''))
    return 'sometimes must list names of points.';
  return bounds.map(problemOfBound).find((found) => found !== undefined);
}

function problemOfBound({ metric, quantile, atMost }: Bound): string | undefined {
  if (!(metric in METRICS)) {
    return `a bound names the metric ${JSON.stringify(metric)}.${suggestion(metric, Object.keys(METRICS))}`;
  }
  if (!QUANTILES.includes(quantile)) return `a bound on ${metric} must be on ${QUANTILES.join(', ')}.`;
  if (!(Number.isFinite(atMost) && atMost >= 0)) return `the bound on ${metric} must be a number of 0 or more.`;
  return undefined;
}
