import { suggestion } from '../../core/nearest.ts';
import { paintFor, papersJson, papersReport } from '../../reports/index.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { UsageError } from '../../scenarios/errors.ts';
import { reproducePapers } from '../../scenarios/papers/reproduce.ts';
import { type PaperName, PAPERS, type PapersResult, withEarlier } from '../../scenarios/papers/result.ts';
import { ExitCode } from '../exit-code.ts';
import { type Given, jobsOf, textOf } from '../options.ts';
import { prepareFile, writeText } from '../output-file.ts';
import { progressOn } from '../progress.ts';
import { keptResults, PAPERS_FILE } from '../results-files.ts';

export async function papersCommand(options: Given): Promise<number> {
  const only = papersOf(options);
  const workers = jobsOf(options);
  prepareFile(PAPERS_FILE);
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  // Once: who asks twice wants out at once.
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const progress = progressOn(process.stderr, process.env);
  let result: PapersResult | undefined;
  try {
    result = await reproducePapers({
      version: identifyCode().version,
      mode: options['full'] === true ? 'full' : 'sampled',
      only,
      workers,
      signal: interruption.signal,
      onDone: (done, planned) => progress.show(`${done}/${planned} measurements`),
    });
  } finally {
    progress.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  if (result !== undefined) deliver(result, options['json'] === true);
  return papersExitCode(result);
}

/** Nothing was found when somebody interrupted. */
export function papersExitCode(result: Pick<PapersResult, 'verdict'> | undefined): number {
  if (result === undefined) return ExitCode.interrupted;
  return result.verdict === 'agrees' ? ExitCode.pass : ExitCode.failed;
}

function deliver(result: PapersResult, json: boolean): void {
  const { stdout } = process;
  const options = { width: Math.max(stdout.columns || 80, 40), paint: paintFor(stdout, process.env) };
  stdout.write(json ? papersJson(result) : papersReport(result, options));
  writeText(PAPERS_FILE, papersJson(withEarlier(result, keptResults().papers)));
}

function papersOf(options: Given): PaperName[] {
  return (textOf(options, 'only')?.split(',') ?? []).map((word) => {
    const paper = PAPERS.find((name) => name === word);
    if (paper !== undefined) return paper;
    const hint = suggestion(word, PAPERS) || ` They are: ${PAPERS.join(', ')}.`;
    throw new UsageError('UNKNOWN_PAPER', `There is no paper ${JSON.stringify(word)}.${hint}`);
  });
}
