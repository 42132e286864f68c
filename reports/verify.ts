import { failureDetails, failureHeadline } from '../scenarios/failure-in-words.ts';
import { timeInWords } from '../scenarios/in-words.ts';
import type { Divergence, VerifyResult, Way } from '../scenarios/verify.ts';
import type { TraceRecord } from '../simulator/trace.ts';
import { count, whole } from './figures.ts';
import type { Paint } from './style.ts';

/** What `rollcall verify` found, for people. */
export function verifyReport(result: VerifyResult, files: readonly string[], paint: Paint): string {
  const blocks = [
    ...result.caught.map((run) => [paint('red', failureHeadline(run)), ...failureDetails(run, files)]),
    ...result.divergences.map((divergence) => divergenceInWords(divergence, paint)),
    [conclusion(result, paint)],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function divergenceInWords({ scenario, seed, ways, hashes, difference }: Divergence, paint: Paint): string[] {
  return [
    paint('red', `DIFF ${scenario}, seed ${seed}: the same run was played differently`),
    `  ${wayInWords(ways[0])}: hash ${hashes[0]}`,
    `  ${wayInWords(ways[1])}: hash ${hashes[1]}`,
    ...(difference === undefined
      ? ['  The first differing event is not known: the difference did not show again within one thread.']
      : [
          `  First differing event: number ${whole(difference.event)}`,
          `    once:  ${recordInWords(difference.first)}`,
          `    again: ${recordInWords(difference.second)}`,
          '  Look for state that outlives a run: variables of modules, shared objects, unordered iteration.',
        ]),
  ];
}

function wayInWords({ mode, thread, pass }: Way): string {
  return `${thread}, ${mode} mode, play ${pass}`;
}

/** An event in one line, every field that is part of its identity included. */
function recordInWords(record: TraceRecord | undefined): string {
  if (record === undefined) return 'the run was already over';
  const { at, kind, host, peer, size, detail, parts, data } = record;
  const words = [
    `${timeInWords(at)} ${host === '' ? 'world' : host} ${kind}`,
    peer === '' ? '' : `peer ${peer}`,
    size === 0 ? '' : `${size} bytes`,
    detail,
    typeof data === 'string' ? data : '',
    parts.length === 0 ? '' : `parts ${JSON.stringify(parts)}`,
  ];
  return words.filter((word) => word !== '').join(', ');
}

function conclusion({ runs, plays, verdict }: VerifyResult, paint: Paint): string {
  return verdict === 'pass'
    ? paint('green', `pass: ${count(runs, 'run')}, ${whole(plays)} plays, every hash the same`)
    : paint('red', `DIFF: ${count(runs, 'run')}, ${whole(plays)} plays, not always the same`);
}
