import { kindOfFailure } from './failure-identity.ts';
import { timeInWords } from './in-words.ts';
import type { RunResult } from './result.ts';
import { replayLine } from './result.ts';

/** A failing run in one line: for annotations and headings. */
export function failureHeadline({ scenario, seed, verdict, violation }: RunResult): string {
  const kind = verdict === 'nondeterministic' ? 'NONDETERMINISTIC' : 'FAIL';
  if (violation === null) return `${kind} ${scenario}, seed ${seed}`;
  const subject = violation.subject === '' ? '' : ` (${violation.subject})`;
  return `${kind} ${scenario}, seed ${seed}: ${violation.invariant}${subject} at ${timeInWords(violation.at)}`;
}

/** What a person needs to act: the rule, what was seen, what was going wrong then, and the line to paste. */
export function failureDetails(run: RunResult, files: readonly string[]): string[] {
  const replay = field('Replay', [replayLine(run.token, files)]);
  const { violation } = run;
  if (violation === null) return replay;
  const faults = violation.faults.length > 0 ? violation.faults : ['no fault'];
  return [
    ...field('Rule', [violation.words]),
    ...field('Seen', [violation.detail]),
    ...field('Faults', faults),
    ...(violation.others > 0
      ? field('Besides', [
          `${violation.others} more ${violation.others === 1 ? 'violation' : 'violations'} in this run`,
        ])
      : []),
    ...replay,
  ];
}

const NAME_WIDTH = 9;

function field(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? `${name}:` : '').padEnd(NAME_WIDTH)}${line}`);
}

export interface FailureGroup {
  readonly first: RunResult;
  readonly others: readonly RunResult[];
}

/**
 * Failures of one scenario that broke the same rule in the same phase are one finding, told by the lowest seed; of what
 * was thrown, those with the same text but for its numbers.
 */
export function groupFailures(runs: readonly RunResult[]): FailureGroup[] {
  const groups = new Map<string, { first: RunResult; others: RunResult[] }>();
  for (const run of runs) {
    if (run.verdict === 'pass') continue;
    const key = `${run.scenario} ${run.verdict} ${run.violation === null ? '' : kindOfFailure(run.violation)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: run, others: [] });
    else group.others.push(run);
  }
  return [...groups.values()];
}
