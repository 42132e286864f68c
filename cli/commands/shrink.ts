import { SECOND } from '../../core/ports/clock.ts';
import { openCatalogue } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { asTyped, findFiles } from '../../scenarios/files.ts';
import { faultInWords } from '../../scenarios/in-words.ts';
import { PATIENCE_SECONDS, workerPool } from '../../scenarios/pool.ts';
import { failingRunOf } from '../../scenarios/regression/failing-run.ts';
import { identityInWords } from '../../scenarios/failure-identity.ts';
import { prepare } from '../../scenarios/regression/place.ts';
import { saveRegression } from '../../scenarios/regression/save.ts';
import { shrunkInWords } from '../../scenarios/shrink/in-words.ts';
import type { ShrinkOptions, ShrinkProgress, ShrinkTarget, Shrunk } from '../../scenarios/shrink/shrink.ts';
import { shrink } from '../../scenarios/shrink/shrink.ts';
import { shrinkTargetOf } from '../../scenarios/shrink/target.ts';
import { parseToken } from '../../scenarios/token.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { jobsOf, textOf, timeOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import { REGRESSIONS } from '../regressions-folder.ts';

export async function shrinkCommand(text: string, given: readonly string[], options: Given): Promise<number> {
  const token = parseToken(text);
  const jobs = jobsOf(options);
  const timeLimit = timeOf(options, 'timeLimit', '--time-limit');
  const output = textOf(options, 'output');
  const named = findFiles(given);
  const code = identifyCode(named);
  const { run, warning } = await failingRunOf(token, await openCatalogue(named), code);
  if (warning !== undefined) process.stderr.write(`${warning}\n`);
  const { target, files } = await shrinkTargetOf(run, named);
  const to = output === undefined ? { folder: REGRESSIONS } : { file: output };
  prepare(to);
  const player = workerPool(jobs, files, code, PATIENCE_SECONDS);
  const search = await searching(target, { player, code }, timeLimit === undefined ? undefined : timeLimit / SECOND);
  const { shrunk, interrupted } = search;
  const notes = shrunkInWords(shrunk);
  const saved = await saveRegression({ ...target, edit: shrunk.edit }, { to, files, code, notes });
  const place = asTyped(saved.file);
  const lines = [
    `${saved.name} breaks ${identityInWords(run.failure)}`,
    ...field('Shrunk', notes),
    ...field('Faults', shrunk.edit.faults.map(faultInWords)),
    ...field('File', [saved.isNew ? place : `${place}, as it was`]),
    ...field('Play', [`npx rollcall run ${place}`]),
    ...field('Replay', [saved.replay]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return interrupted ? ExitCode.interrupted : ExitCode.pass;
}

async function searching(
  target: ShrinkTarget,
  { player, code }: Pick<ShrinkOptions, 'player' | 'code'>,
  limitSeconds: number | undefined,
): Promise<{ shrunk: Shrunk; interrupted: boolean }> {
  const ending = new AbortController();
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    ending.abort();
  };
  // Once: who asks twice wants out at once.
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const timer = limitSeconds === undefined ? undefined : setTimeout(() => ending.abort(), limitSeconds * 1000);
  const progress = progressOn(process.stderr, process.env);
  const began = performance.now();
  const onProgress = (now: ShrinkProgress) => progress.show(progressLine(now, (performance.now() - began) / 1000));
  try {
    const shrunk = await shrink(target, { player, code, signal: ending.signal, onProgress });
    return { shrunk, interrupted };
  } finally {
    clearTimeout(timer);
    player.stop();
    progress.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function progressLine({ played, faults, hosts }: ShrinkProgress, seconds: number): string {
  const rate = (played / Math.max(seconds, 0.001)).toFixed(1);
  return `${played} candidates played, ${rate} a second; ${faults} faults and ${hosts} hosts left`;
}

const NAME_WIDTH = 9;

function field(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? `${name}:` : '').padEnd(NAME_WIDTH)}${line}`);
}
