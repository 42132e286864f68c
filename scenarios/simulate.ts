import { RollcallError } from '../core/errors.ts';
import { fileURLToPath } from 'node:url';
import { builtinScenarios } from './builtin/index.ts';
import { catalogueOf } from './catalogue.ts';
import { identifyCode } from './code.ts';
import { failureDetails, failureHeadline } from './failure-in-words.ts';
import { asTyped, findFiles } from './files.ts';
import { inlinePlayer } from './player.ts';
import type { SuiteResult } from './result.ts';
import type { Scenario } from './scenario.ts';
import { checkSeeds } from './seeds.ts';
import { playSuite } from './suite.ts';
import { missed } from './summary.ts';

export interface SimulateOptions {
  /** How many seeds, counted up from `seed`. 10 unless said otherwise; 1 when only `seed` is given. */
  readonly seeds?: number;
  /** The first seed. 1 unless said otherwise. */
  readonly seed?: number;
  /**
   * The file that exports the scenario, as `new URL('./scenarios.ts', import.meta.url)` or as a path from the working
   * directory: makes the replay line complete.
   */
  readonly file?: string | URL;
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
  checkSeeds(firstSeed, seeds);
  const files = file === undefined ? [] : findFiles([pathOf(file)]);
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

const FILE_HINT =
  '           followed by the file that exports this scenario; ' +
  "simulate(scenario, { file: new URL('./scenarios.ts', import.meta.url) }) would have named it";

function pathOf(file: string | URL): string {
  return file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : file;
}

function wordsOf(scenario: Scenario, { runs, scenarios, files }: SuiteResult): string {
  const failed = runs.find(({ verdict }) => verdict !== 'pass');
  if (failed !== undefined) {
    const here = `  Here:    simulate(scenario, { seed: ${failed.seed} })`;
    // The command knows the built-in scenarios; any other it has to be shown.
    const replayable = files.length > 0 || builtinScenarios.includes(scenario);
    return [failureHeadline(failed), ...failureDetails(failed, files), ...(replayable ? [] : [FILE_HINT]), here].join(
      '\n',
    );
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
