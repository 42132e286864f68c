import { randomInt } from 'node:crypto';
import { SECOND } from '../../core/ports/clock.ts';
import { RollcallError } from '../../core/errors.ts';
import { huntLine, huntReport, isBlind } from '../../reports/hunt.ts';
import { paintFor } from '../../reports/index.ts';
import type { HuntStory, KeptFinding } from '../../reports/index.ts';
import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { openCatalogue, splitArguments } from '../../scenarios/catalogue.ts';
import type { CodeIdentity } from '../../scenarios/code.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { UsageError } from '../../scenarios/errors.ts';
import { asTyped } from '../../scenarios/files.ts';
import { hunt } from '../../scenarios/hunt/hunt.ts';
import type { Finding, HuntPlan, HuntProgress } from '../../scenarios/hunt/hunt.ts';
import { playSaved } from '../../scenarios/hunt/saved.ts';
import { PATIENCE_SECONDS, workerPool } from '../../scenarios/pool.ts';
import { saveRegression } from '../../scenarios/regression/save.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { MAX_SEED, parseSeed } from '../../scenarios/seeds.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { countOf, jobsOf, textOf, timeOf } from '../options.ts';
import { prepareFolder } from '../output-file.ts';

const FAILURES = 'rollcall-failures';
/** Hunted unless somebody says what. */
const WIDEST = 'wild';
/** Long enough to see thousands of runs, short enough to wait for. */
const USUAL_SECONDS = 60;
/** A log needs to know that it goes on, and no more. */
const SECONDS_BETWEEN_LINES = 10;
const MS_BETWEEN_REDRAWS = 100;

export async function huntCommand(given: readonly string[], options: Given): Promise<number> {
  const runs = countOf(options, 'seeds', '--seeds');
  const time = timeOf(options, 'time', '--time');
  if (runs !== undefined && time !== undefined) {
    throw new UsageError('INVALID_OPTION', '--seeds and --time exclude each other. Give one of them.');
  }
  const jobs = jobsOf(options);
  const folder = textOf(options, 'dir') ?? FAILURES;
  const collect = options['collect'] === true;
  const firstSeed = firstSeedOf(options, runs);
  const { files, patterns } = splitArguments(given);
  if (patterns.length > 0) {
    throw new UsageError('INVALID_OPTION', `"${patterns[0]}" is no file. Name scenarios with --focus ${patterns[0]}.`);
  }
  const scenarios = await huntedOf(files, textOf(options, 'focus'));
  const code = identifyCode(files);
  prepareFolder(folder);

  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  // Once: who asks twice wants out at once.
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const { signal } = interruption;
  const progress = progressOf(process.stderr);
  const told = { scenarios: scenarios.map(({ name }) => name), firstSeed, files: files.map(asTyped) };
  const deliver = (story: HuntStory) => {
    progress.clear();
    const width = Math.max(process.stdout.columns || 80, 40);
    process.stdout.write(huntReport(story, { width, paint: paintFor(process.stdout, process.env) }));
    return signal.aborted ? ExitCode.interrupted : exitCodeOf(story);
  };
  try {
    const saved = await playSaved({ folder, files, jobs, signal });
    if ((saved.failing.length > 0 || saved.lost.length > 0) && !collect)
      return deliver({ ...told, saved, findings: [] });
    const plan: HuntPlan = {
      scenarios,
      firstSeed,
      collect,
      sabotage: scenarios.every((one) => builtinScenarios.includes(one)) ? 'mute' : 'throw',
      ...(runs === undefined ? { timeLimitSeconds: time === undefined ? USUAL_SECONDS : time / SECOND } : { runs }),
    };
    const player = workerPool(jobs, files, code, PATIENCE_SECONDS);
    try {
      const known = new Set(saved.failing.map(({ identity }) => identity));
      const findings: KeptFinding[] = [];
      const onFinding = async (finding: Finding) => {
        if (!known.has(finding.identity)) findings.push(await keep(finding, { scenarios, folder, files, code }));
      };
      const result = await hunt(plan, player, { signal, onRun: progress.show, onFinding });
      return deliver({ ...told, saved, result, findings });
    } finally {
      player.stop();
    }
  } finally {
    progress.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** The same seeds again only where somebody counts them: a hunt by time is there to see new ones. */
function firstSeedOf(options: Given, runs: number | undefined): number {
  const seed = textOf(options, 'seed');
  if (seed !== undefined) return parseSeed(seed);
  return runs === undefined ? randomInt(MAX_SEED) : 1;
}

async function huntedOf(files: readonly string[], focus: string | undefined): Promise<readonly Scenario[]> {
  const catalogue = await openCatalogue(files);
  if (focus !== undefined) return catalogue.select([focus]);
  return files.length > 0 ? catalogue.select([]) : [catalogue.find(WIDEST)];
}

interface Keeping {
  readonly scenarios: readonly Scenario[];
  readonly folder: string;
  readonly files: readonly string[];
  readonly code: CodeIdentity;
}

async function keep(finding: Finding, { scenarios, folder, files, code }: Keeping): Promise<KeptFinding> {
  const { seed, mode, edit, violation: failure, result } = finding;
  const scenario = scenarios.find(({ name }) => name === finding.scenario)!;
  const run = { scenario, seed, mode, failure, hash: result.hash, ...(edit === undefined ? {} : { edit }) };
  try {
    const { file, token } = await saveRegression(run, { to: { folder }, files, code });
    return { finding, kept: { file: asTyped(file), token } };
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    // What was found must be told, whatever else goes wrong.
    return { finding, kept: { problem: error.message } };
  }
}

function exitCodeOf({ result, saved, findings }: HuntStory): number {
  const verdicts = [...saved.failing, ...findings.map(({ finding }) => finding)].map((one) => one.result.verdict);
  if (verdicts.includes('nondeterministic')) return ExitCode.nondeterministic;
  if (result === undefined || isBlind(result)) return ExitCode.failed;
  return verdicts.length + result.lost.length + saved.lost.length > 0 ? ExitCode.failed : ExitCode.pass;
}

/** One line that is drawn anew on a terminal; elsewhere a line now and then. */
function progressOf(stream: NodeJS.WriteStream) {
  const redraws = stream.isTTY === true && (process.env['CI'] ?? '') === '';
  const every = redraws ? MS_BETWEEN_REDRAWS : SECONDS_BETWEEN_LINES * 1000;
  let next = redraws ? 0 : performance.now() + every;
  let shown = false;
  return {
    show(progress: HuntProgress) {
      if (performance.now() < next) return;
      next = performance.now() + every;
      shown = true;
      stream.write(redraws ? `\r\u001B[K${huntLine(progress, stream.columns || 80)}` : `${huntLine(progress)}\n`);
    },
    clear() {
      if (redraws && shown) stream.write('\r\u001B[K');
      shown = false;
    },
  };
}
