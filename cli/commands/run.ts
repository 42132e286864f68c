import { SECOND } from '../../core/ports/clock.ts';
import {
  githubReport,
  githubSummary,
  jsonReport,
  junitReport,
  liveLine,
  paintFor,
  prettyReport,
} from '../../reports/index.ts';
import type { Paint } from '../../reports/index.ts';
import { openCatalogue, splitArguments } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { asTyped } from '../../scenarios/files.ts';
import { workerPool } from '../../scenarios/pool.ts';
import type { SuiteResult, SuiteVerdict } from '../../scenarios/result.ts';
import { playSuite } from '../../scenarios/suite.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { jobsOf, seedsOf, shardOf, textOf, timeOf } from '../options.ts';
import { appendText, prepareFile, writeText } from '../output-file.ts';
import type { ReporterName } from '../reporter-names.ts';

const RESULTS_FILE = 'rollcall-results/results.json';

/** Enough seeds to judge *sometimes* points, few enough to wait for. */
const USUAL_SEEDS = 10;

export async function runCommand(given: readonly string[], options: Given): Promise<number> {
  const { seeds, firstSeed } = seedsOf(options, USUAL_SEEDS);
  const jobs = jobsOf(options);
  const shard = shardOf(options);
  const timeLimit = timeOf(options, 'timeLimit', '--time-limit');
  const outputFile = textOf(options, 'outputFile');
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

  for (const file of [RESULTS_FILE, ...(outputFile === undefined ? [] : [outputFile])]) prepareFile(file);
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  // Once: who asks twice wants out at once.
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const live = liveProgress();
  const player = workerPool(jobs, files, code);
  let suite: SuiteResult;
  try {
    suite = await playSuite(plan, player, { signal: interruption.signal, onRun: live.show });
  } finally {
    player.stop();
    live.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  deliver(suite, (textOf(options, 'reporter') ?? 'pretty') as ReporterName, outputFile);
  return suite.stopped === 'interrupted' ? ExitCode.interrupted : EXIT_CODES[suite.verdict];
}

const EXIT_CODES: Record<SuiteVerdict, number> = {
  pass: ExitCode.pass,
  fail: ExitCode.failed,
  nondeterministic: ExitCode.nondeterministic,
  interrupted: ExitCode.interrupted,
  'nothing played': ExitCode.pass,
};

/** The results file always; the reporter's text to its file, or else to stdout. A verdict first: files may fail. */
function deliver(suite: SuiteResult, reporter: ReporterName, outputFile: string | undefined): void {
  process.stdout.write(REPORTS[outputFile === undefined ? reporter : 'pretty'](suite));
  writeText(RESULTS_FILE, jsonReport(suite));
  const summary = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (reporter === 'github' && summary !== '') appendText(summary, githubSummary(suite));
  if (outputFile !== undefined) writeText(outputFile, REPORTS[reporter](suite));
}

const REPORTS: Record<ReporterName, (suite: SuiteResult) => string> = {
  pretty: (suite) => prettyReport(suite, { width: widthOf(process.stdout), paint: paint() }),
  json: jsonReport,
  junit: junitReport,
  github: githubReport,
};

/** Pipes have no width, and some terminals say 0. */
function widthOf({ columns }: { readonly columns?: number }): number {
  return Math.max(columns || 80, 40);
}

function paint(): Paint {
  return paintFor(process.stdout, process.env);
}

/** The line on a terminal that tells how far the suite is; nothing when nobody watches. */
function liveProgress() {
  const { stderr } = process;
  if (stderr.isTTY !== true || (process.env['CI'] ?? '') !== '') return { show: () => {}, clear: () => {} };
  const show = (progress: Parameters<typeof liveLine>[0]) => {
    stderr.write(`\r\u001B[K${liveLine(progress, widthOf(stderr))}`);
  };
  return { show, clear: () => stderr.write('\r\u001B[K') };
}
