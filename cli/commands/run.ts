import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SECOND } from '../../core/ports/clock.ts';
import { githubReport, jsonReport, junitReport, liveLine, paintFor, prettyReport } from '../../reports/index.ts';
import type { Paint } from '../../reports/index.ts';
import { openCatalogue, splitArguments } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { UsageError } from '../../scenarios/errors.ts';
import { asTyped } from '../../scenarios/files.ts';
import { workerPool } from '../../scenarios/pool.ts';
import type { SuiteResult, Verdict } from '../../scenarios/result.ts';
import { playSuite } from '../../scenarios/suite.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { jobsOf, seedsOf, shardOf, textOf, timeOf } from '../options.ts';
import type { ReporterName } from '../reporter-names.ts';

const RESULTS_FILE = 'rollcall-results/results.json';

/** Enough seeds to judge *sometimes* points, few enough to wait for. */
const USUAL_SEEDS = 10;

export async function runCommand(given: readonly string[], options: Given): Promise<number> {
  const { seeds, firstSeed } = seedsOf(options, USUAL_SEEDS);
  const jobs = jobsOf(options);
  const shard = shardOf(options);
  const timeLimit = timeOf(options, 'timeLimit', '--time-limit');
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

  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  // Once: who asks twice wants out at once.
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const live = liveProgress();
  let suite: SuiteResult;
  try {
    suite = await playSuite(plan, workerPool(jobs, files, code), { signal: interruption.signal, onRun: live.show });
  } finally {
    live.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  await deliver(suite, (textOf(options, 'reporter') ?? 'pretty') as ReporterName, textOf(options, 'outputFile'));
  return suite.stopped === 'interrupted' ? ExitCode.interrupted : EXIT_CODES[suite.verdict];
}

const EXIT_CODES: Record<Verdict, number> = {
  pass: ExitCode.pass,
  fail: ExitCode.failed,
  nondeterministic: ExitCode.nondeterministic,
};

/** The results file always; the reporter's text to its file, or else to stdout. */
async function deliver(suite: SuiteResult, reporter: ReporterName, outputFile: string | undefined): Promise<void> {
  await writeText(RESULTS_FILE, jsonReport(suite));
  if (outputFile !== undefined) await writeText(outputFile, REPORTS[reporter](suite));
  process.stdout.write(REPORTS[outputFile === undefined ? reporter : 'pretty'](suite));
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

async function writeText(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError('UNWRITABLE_FILE', `${path} cannot be written: ${problem}`, { cause });
  }
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
