import { SECOND } from '../../core/ports/clock.ts';
import { liveLine } from '../../reports/index.ts';
import { openCatalogue, splitArguments } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { asTyped } from '../../scenarios/files.ts';
import { workerPool } from '../../scenarios/pool.ts';
import type { SuiteResult, SuiteVerdict } from '../../scenarios/result.ts';
import { playSuite } from '../../scenarios/suite.ts';
import { deliverSuite } from '../deliver-suite.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { jobsOf, seedsOf, shardOf, textOf, timeOf } from '../options.ts';
import { prepareFile, prepareFolder } from '../output-file.ts';
import { progressOn } from '../progress.ts';
import type { ReporterName } from '../reporter-names.ts';
import { REPORT_FILE, RESULTS_FILE } from '../results-files.ts';

/** Enough seeds to judge *sometimes* points, few enough to wait for. */
const USUAL_SEEDS = 10;

export async function runCommand(given: readonly string[], options: Given): Promise<number> {
  const { seeds, firstSeed } = seedsOf(options, USUAL_SEEDS);
  const jobs = jobsOf(options);
  const shard = shardOf(options);
  const timeLimit = timeOf(options, 'timeLimit', '--time-limit');
  const outputFile = textOf(options, 'outputFile');
  const saveTo = textOf(options, 'saveFailures');
  const reporter = (textOf(options, 'reporter') ?? 'pretty') as ReporterName;
  const { files, patterns } = splitArguments(given);
  const catalogue = await openCatalogue(files);
  const scenarios = catalogue.select(patterns);
  const code = identifyCode(files);
  const plan = {
    scenarios,
    files: files.map(asTyped),
    seeds,
    firstSeed,
    version: code.version,
    bail: options['bail'] === true,
    ...(shard === undefined ? {} : { shard }),
    ...(timeLimit === undefined ? {} : { timeLimitSeconds: timeLimit / SECOND }),
  };

  for (const file of [RESULTS_FILE, REPORT_FILE, ...(outputFile === undefined ? [] : [outputFile])]) prepareFile(file);
  if (saveTo !== undefined) prepareFolder(saveTo);
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  // Once: who asks twice wants out at once.
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const progress = progressOn(process.stderr, process.env);
  const player = workerPool(jobs, files, code);
  let suite: SuiteResult;
  try {
    suite = await playSuite(plan, player, {
      signal: interruption.signal,
      onRun: (latest) => progress.show(liveLine(latest)),
    });
  } finally {
    player.stop();
    progress.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  await deliverSuite(suite, { reporter, outputFile, saveTo, catalogue, code });
  return suite.stopped === 'interrupted' ? ExitCode.interrupted : EXIT_CODES[suite.verdict];
}

const EXIT_CODES: Record<SuiteVerdict, number> = {
  pass: ExitCode.pass,
  fail: ExitCode.failed,
  nondeterministic: ExitCode.nondeterministic,
  interrupted: ExitCode.interrupted,
  'nothing played': ExitCode.pass,
};
