import { RollcallError } from '../core/errors.ts';
import { catalogueOf } from './catalogue.ts';
import { identifyCode } from './code.ts';
import { failureDetails, failureHeadline } from './failure-in-words.ts';
import { asTyped, findFiles } from './files.ts';
import { inlinePlayer } from './player.ts';
import type { SuiteResult } from './result.ts';
import type { Scenario } from './scenario.ts';
import { playSuite } from './suite.ts';
import { missed } from './summary.ts';

export interface SimulateOptions {
  /** How many seeds, counted up from `seed`. 10 unless said otherwise; 1 when only `seed` is given. */
  readonly seeds?: number;
  /** The first seed. 1 unless said otherwise. */
  readonly seed?: number;
  /** The file that exports the scenario: makes the replay line complete. */
  readonly file?: string;
}

/** What `simulate` throws. `result` holds all runs that were played. */
export class SimulationFailed extends RollcallError {
  readonly result: SuiteResult;

  constructor(message: string, result: SuiteResult) {
    super('SIMULATION_FAILED', message);
    this.result = result;
  }
}

/**
 * Plays a scenario inside a test of any test runner, in this thread, until the first run that fails. The message of
 * the error names seed, violation and token, and the line that plays that run again.
 */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<SuiteResult> {
  const { seed: firstSeed = 1, seeds = options.seed === undefined ? 10 : 1, file } = options;
  const files = file === undefined ? [] : findFiles([file]);
  const code = identifyCode(files);
  const { find } = catalogueOf([scenario]);
  const plan = {
    scenarios: [scenario],
    files: files.map(asTyped),
    version: code.version,
    seeds,
    firstSeed,
    bail: true,
  };
  const result = await playSuite(plan, inlinePlayer(find, code));
  if (result.verdict !== 'pass') throw new SimulationFailed(wordsOf(scenario, result), result);
  return result;
}

function wordsOf(scenario: Scenario, { runs, scenarios, files }: SuiteResult): string {
  const failed = runs.find(({ verdict }) => verdict !== 'pass');
  if (failed !== undefined) {
    const here = `  Here:    simulate(scenario, { seed: ${failed.seed} })`;
    return [failureHeadline(failed), ...failureDetails(failed, files), here].join('\n');
  }
  const [summary] = scenarios;
  const bounds = summary?.bounds.filter(({ holds }) => !holds) ?? [];
  const points = summary?.sometimes.filter(missed) ?? [];
  return [
    `FAIL ${scenario.name}: every run passed, but not all of them together`,
    ...bounds.map((bound) => `  ${bound.metric} ${bound.quantile} is ${bound.observed}, at most ${bound.atMost}`),
    ...points.map(({ point }) => `  no seed reached "${point}"`),
  ].join('\n');
}
