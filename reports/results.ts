import type { SuiteResult } from '../scenarios/result.ts';
import { UsageError } from '../scenarios/errors.ts';
import { FORMAT } from './json.ts';

/** Reads what `jsonReport` wrote. `name` is what the file is called in errors. */
export function parseResults(text: string, name: string): SuiteResult {
  const { format, ...suite } = parseObject(text, name);
  if (format === undefined) throw new UnusableResults(name, 'it has no "format", so `rollcall run` did not write it');
  if (format !== FORMAT) {
    throw new UnusableResults(name, `its format is ${JSON.stringify(format)}, and this version reads ${FORMAT}`);
  }
  const broken = whatIsBroken(suite);
  if (broken !== undefined) throw new UnusableResults(name, broken);
  return suite as unknown as SuiteResult;
}

class UnusableResults extends UsageError {
  constructor(name: string, problem: string, options?: { cause?: unknown }) {
    super('UNUSABLE_RESULTS', `${name} is no results file to use: ${problem}. \`rollcall run\` writes one.`, options);
  }
}

function parseObject(text: string, name: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const problem = text.trim() === '' ? 'it is empty' : 'it is not JSON, or was cut off';
    throw new UnusableResults(name, problem, { cause });
  }
  if (isObject(value)) return value;
  throw new UnusableResults(name, 'it holds no JSON object');
}

type Check = (value: unknown) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isFlag: Check = (value) => typeof value === 'boolean';
const isVerdict: Check = (value) => value === 'pass' || value === 'fail' || value === 'nondeterministic';
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shaped =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]));

/** What every reader relies on; what is more in the file is not looked at. */
const SUITE: Readonly<Record<string, Check>> = {
  version: isText,
  verdict: isText,
  stopped: isText,
  notPlayed: isNumber,
  timing: shaped({ wallSeconds: isNumber, workers: isNumber, busySeconds: isObject }),
  files: listOf(isText),
  lost: listOf(shaped({ scenario: isText, seed: isNumber, how: isText })),
  runs: Array.isArray,
  scenarios: Array.isArray,
};

const RUN: Readonly<Record<string, Check>> = {
  scenario: isText,
  seed: isNumber,
  token: isText,
  hash: isText,
  verdict: isVerdict,
  metrics: isObject,
  violation: orNull(
    shaped({
      invariant: isText,
      words: isText,
      subject: isText,
      at: isNumber,
      detail: isText,
      faults: listOf(isText),
      others: isNumber,
    }),
  ),
};

const METRICS: Readonly<Record<string, Check>> = {
  formation: listOf(isNumber),
  firstDetection: listOf(isNumber),
  detection: listOf(isNumber),
  convergence: listOf(isNumber),
  hosts: isNumber,
  simulated: isNumber,
  messages: isNumber,
  bytes: isNumber,
  falsePositives: isNumber,
  struck: isObject,
  reached: listOf(isText),
};

const SCENARIO: Readonly<Record<string, Check>> = {
  scenario: isText,
  summary: isText,
  verdict: isVerdict,
  seeds: isNumber,
  failed: isNumber,
  nondeterministic: isNumber,
  notPlayed: isNumber,
  falsePositives: isNumber,
  messagesPerNodePerSecond: isNumber,
  bytesPerNodePerSecond: isNumber,
  simulatedSeconds: isNumber,
  distributions: isObject,
  struck: isObject,
  bounds: listOf(
    shaped({
      metric: isText,
      quantile: isText,
      atMost: isNumber,
      observed: orNull(isNumber),
      judged: isFlag,
      holds: isFlag,
    }),
  ),
  sometimes: listOf(shaped({ point: isText, reachedBy: isNumber, judged: isFlag })),
};

/** The first thing that does not hold, as a place and what is wrong there. */
function whatIsBroken(suite: Readonly<Record<string, unknown>>): string | undefined {
  const wrong = firstWrong('', suite, SUITE);
  if (wrong !== undefined) return wrong;
  for (const [index, run] of (suite['runs'] as unknown[]).entries()) {
    const found =
      firstWrong(`runs[${index}]`, run, RUN) ??
      firstWrong(`runs[${index}].metrics`, (run as { metrics: unknown }).metrics, METRICS);
    if (found !== undefined) return found;
  }
  for (const [index, scenario] of (suite['scenarios'] as unknown[]).entries()) {
    const found = firstWrong(`scenarios[${index}]`, scenario, SCENARIO);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstWrong(place: string, value: unknown, checks: Readonly<Record<string, Check>>): string | undefined {
  if (!isObject(value)) return `${place} is missing or no object`;
  const name = Object.keys(checks).find((key) => !checks[key]!(value[key]));
  return name === undefined ? undefined : `${place === '' ? name : `${place}.${name}`} is missing or of another kind`;
}
