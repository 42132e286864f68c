import { paintFor, verifyReport } from '../../reports/index.ts';
import { openCatalogue, splitArguments } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { asTyped } from '../../scenarios/files.ts';
import { workerPool } from '../../scenarios/pool.ts';
import { verify } from '../../scenarios/verify.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { jobsOf, seedsOf } from '../options.ts';

/** Each run is played five times. */
const USUAL_SEEDS = 2;

export async function verifyCommand(given: readonly string[], options: Given): Promise<number> {
  const seeds = seedsOf(options, USUAL_SEEDS);
  // This thread plays the larger half of it.
  const workers = Math.max(1, jobsOf(options) - 1);
  const { files, patterns } = splitArguments(given);
  const scenarios = (await openCatalogue(files)).select(patterns);
  const code = identifyCode(files);
  const player = workerPool(workers, files, code);
  const result = await verify({ scenarios, files, code, ...seeds }, player).finally(() => player.stop());
  process.stdout.write(verifyReport(result, files.map(asTyped), paintFor(process.stdout, process.env)));
  return result.verdict === 'pass' ? ExitCode.pass : ExitCode.nondeterministic;
}
