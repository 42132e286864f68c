import { failureDetails, failureHeadline } from '../scenarios/failure-in-words.ts';
import { FAULT_CLASSES } from '../scenarios/hunt/coverage.ts';
import type { CanaryResult, Finding, HuntProgress, HuntResult } from '../scenarios/hunt/hunt.ts';
import type { SavedFailures } from '../scenarios/hunt/saved.ts';
import { identityInWords } from '../scenarios/failure-identity.ts';
import { replayLine } from '../scenarios/result.ts';
import { count, lostInWords, rate, whole } from './figures.ts';
import type { Paint } from './style.ts';
import { wrap } from './wrap.ts';

/** A finding with the file that it was saved in, or why it could not be. */
export interface KeptFinding {
  readonly finding: Finding;
  readonly kept: { readonly file: string; readonly token: string } | { readonly problem: string };
}

/** All that there is to tell of a hunt. */
export interface HuntStory {
  readonly scenarios: readonly string[];
  readonly firstSeed: number;
  readonly files: readonly string[];
  readonly saved: SavedFailures;
  /** Absent when a saved failure that still fails came first. */
  readonly result?: HuntResult;
  readonly findings: readonly KeptFinding[];
}

export interface HuntReportOptions {
  readonly width: number;
  readonly paint: Paint;
}

/** How far a hunt is, in one line. */
export function huntLine(progress: HuntProgress, width = Number.POSITIVE_INFINITY): string {
  const { runs, ahead, wallSeconds, coverage, findings } = progress;
  const line = [
    count(runs + ahead, 'run'),
    `${rate((runs + ahead) / wallSeconds)}/s`,
    `${rate(progress.simulatedSeconds / 3600 / wallSeconds)} h/s simulated`,
    `faults ${coverage.classesStruck.length}/${FAULT_CLASSES.length}`,
    `points ${coverage.points - coverage.neverReached.length}/${coverage.points}`,
    `${whole(coverage.shapes)} shapes`,
    count(findings.length, 'failure'),
  ].join(', ');
  return line.slice(0, Math.max(0, width - 1));
}

/** What a hunt found, what it did not see, and on the last lines what to do next. */
export function huntReport(story: HuntStory, options: HuntReportOptions): string {
  const { result, saved, findings } = story;
  const blocks = [
    savedLines(saved, options.paint),
    ...saved.failing.map(({ file, result: run }) => stillFailing(run, file, story.files, options.paint)),
    result === undefined ? [] : table(story, result, options),
    ...findings.map((one) => foundLines(one, story.files, options.paint)),
    [...saved.lost, ...(result?.lost ?? [])].map((run) => options.paint('red', lostInWords(run))),
    conclusion(story, options.paint),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function savedLines({ failing, passing, unusable }: SavedFailures, paint: Paint): string[] {
  const played = failing.length + passing.length;
  return [
    ...(played === 0
      ? []
      : [
          `${count(played, 'saved failure')}: ${failing.length} still ${failing.length === 1 ? 'fails' : 'fail'}, ${passing.length} ${passing.length === 1 ? 'passes' : 'pass'} now`,
        ]),
    ...passing.map((file) => paint('green', `  passes now: ${file}`)),
    ...unusable.map(({ problem }) => paint('yellow', `  cannot be played: ${problem}`)),
  ];
}

function stillFailing(run: Finding['result'], file: string, files: readonly string[], paint: Paint): string[] {
  return [
    paint('red', `${failureHeadline(run)}, saved in ${file}`),
    ...failureDetails(run, [...files, file]),
    hint(run.token, [...files, file]),
  ];
}

function foundLines({ finding, kept }: KeptFinding, files: readonly string[], paint: Paint): string[] {
  const { result, edit, times, run } = finding;
  const what = edit === undefined ? 'a fresh seed' : 'a variation';
  const head = [
    paint('red', failureHeadline(result)),
    `  Found:   in run ${whole(run)}, ${what}; ${count(times, 'run')} in all`,
  ];
  if ('problem' in kept) return [...head, ...failureDetails(result, files), `  Saved:   no: ${kept.problem}`];
  const needed = [...files, kept.file];
  return [
    ...head,
    ...failureDetails({ ...result, token: kept.token }, needed),
    `  Saved:   ${kept.file}`,
    hint(kept.token, needed),
  ];
}

function hint(token: string, files: readonly string[]): string {
  return `  Shrink:  ${replayLine(token, files).replace(' replay ', ' shrink ')}`;
}

const STOPPED: Record<HuntResult['stopped'], string> = {
  runs: 'all runs are played',
  time: 'the time is up',
  failure: 'stopped at the first failure',
  interrupted: 'interrupted',
};

function table(story: HuntStory, result: HuntResult, { width, paint }: HuntReportOptions): string[] {
  const { runs, variations, simulatedSeconds, wallSeconds, workers, coverage } = result;
  const hours = simulatedSeconds / 3600;
  const rows: readonly (readonly [string, string])[] = [
    ['hunted', story.scenarios.join(' ')],
    [
      'runs',
      `${whole(runs)}: ${whole(runs - variations)} fresh seeds from ${story.firstSeed}, ${whole(variations)} variations`,
    ],
    ['simulated', `${rate(hours)} h in ${wallSeconds.toFixed(1)} s on ${count(workers, 'worker')}`],
    ['rate', `${rate(runs / wallSeconds)} runs/s, ${rate(hours / wallSeconds)} simulated hours per second`],
    ['faults', `${coverage.classesStruck.length} of ${FAULT_CLASSES.length} classes struck`],
    ['points', `${coverage.points - coverage.neverReached.length} of ${coverage.points} reached`],
    ['shapes', whole(coverage.shapes)],
    ['failures', whole(result.findings.length)],
    ['canary', canaryInWords(result.canary)],
    ['ended', STOPPED[result.stopped]],
    ['not struck', coverage.neverStruck.join(' ')],
    ['not reached', coverage.neverReached.join(' ')],
  ];
  return rows.flatMap(([name, text]) =>
    text === ''
      ? []
      : wrap(text, Math.max(20, width - 12)).map(
          (line, index) => `${paint('bold', (index === 0 ? name : '').padEnd(12))}${line}`,
        ),
  );
}

function canaryInWords({ runs, caughtBy }: CanaryResult): string {
  if (caughtBy === undefined) return `not caught in ${count(runs, 'run')}`;
  return `caught in run ${runs}: ${identityInWords(caughtBy)}`;
}

function conclusion({ result, saved, findings }: HuntStory, paint: Paint): string[] {
  if (result === undefined) {
    return [paint('red', 'FAIL'), 'A saved failure still fails: mend it, delete its file, or hunt on with --collect.'];
  }
  const { canary, lost, stopped, runs } = result;
  // Of a canary that never came to an end, nobody knows: what was lost says so.
  if (isBlind(result) && canary.runs > 0) {
    return [
      paint('red', 'FAIL'),
      `This hunt is blind: a known bug (${canary.sabotage}) was put into ${count(canary.runs, 'run')} and none of them failed.`,
      'Whatever it did not find may well be there.',
    ];
  }
  if (findings.length + saved.failing.length + lost.length + saved.lost.length > 0) return [paint('red', 'FAIL')];
  if (stopped === 'interrupted') return [paint('yellow', 'interrupted')];
  return [paint('green', `nothing found in ${count(runs, 'run')}`)];
}

/** Its canary lives: nothing that this hunt did not find is proved absent. */
export function isBlind({ canary, stopped }: HuntResult): boolean {
  return canary.caughtBy === undefined && stopped !== 'interrupted';
}
