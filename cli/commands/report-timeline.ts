import { MILLISECOND } from '../../core/ports/clock.ts';
import { MOST_PACKED, timelineFile, timelinePage } from '../../reports/html/timeline.ts';
import { type Catalogue, openCatalogue } from '../../scenarios/catalogue.ts';
import { type CodeIdentity, identifyCode } from '../../scenarios/code.ts';
import { groupFailures } from '../../scenarios/failure-in-words.ts';
import { asTyped, findFiles } from '../../scenarios/files.ts';
import { durationInWords } from '../../scenarios/in-words.ts';
import type { SuiteResult } from '../../scenarios/result.ts';
import { collectTimeline } from '../../scenarios/timeline/make.ts';
import { packTimeline } from '../../scenarios/timeline/pack.ts';
import { parseToken, type Reproduction } from '../../scenarios/token.ts';
import { ExitCode } from '../exit-code.ts';
import { prepareFile, writeText } from '../output-file.ts';

/** More pages than anybody looks at one after the other. */
const MOST_FAILURES = 10;
/** After this, a suite has kept its reader waiting for long enough. */
const MOST_SECONDS = 20;

/** Plays the run of a token again and makes the page of its timeline. */
export async function timelineCommand(token: string, given: readonly string[]): Promise<number> {
  parseToken(token);
  const files = findFiles(given);
  const catalogue = await openCatalogue(files);
  const file = timelineFile(token);
  prepareFile(file);
  const reproduction = await makeTimeline(token, file, catalogue, identifyCode(files));
  if (reproduction.kind !== 'reproduced') process.stderr.write(`${reproduction.words}\n`);
  process.stdout.write(`${file}\n`);
  return reproduction.kind === 'diverged' ? ExitCode.nondeterministic : ExitCode.pass;
}

/** Makes the timelines of what a suite found, one per finding, and says so in one line; '' when it found nothing. */
export async function timelinesOfFailures(
  { runs }: SuiteResult,
  catalogue: Catalogue,
  code: CodeIdentity,
): Promise<string> {
  const found = groupFailures(runs).map(({ first }) => first);
  const [began, made] = [performance.now(), [] as string[]];
  for (const { token } of found.slice(0, MOST_FAILURES)) {
    if (performance.now() - began > MOST_SECONDS * 1000) break;
    const file = timelineFile(token);
    prepareFile(file);
    await makeTimeline(token, file, catalogue, code);
    made.push(file);
  }
  if (made.length === 0) return '';
  const took = durationInWords(Math.round(performance.now() - began) * MILLISECOND);
  const rest = found.length - made.length;
  const more = rest === 0 ? '' : `; ${rest} more with \`rollcall report --timeline TOKEN\``;
  return `Timelines of ${made.length} ${made.length === 1 ? 'failure' : 'failures'} in ${took}: ${made.join(' ')}${more}\n`;
}

async function makeTimeline(
  token: string,
  file: string,
  catalogue: Catalogue,
  code: CodeIdentity,
): Promise<Reproduction> {
  const files = catalogue.files.map(asTyped);
  const made = await collectTimeline(parseToken(token), (name) => catalogue.find(name), code, files);
  const { text } = packTimeline(made.timeline, MOST_PACKED);
  writeText(file, timelinePage(made.result.token, { packed: text }));
  return made.reproduction;
}
