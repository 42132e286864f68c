import { timeInWords } from '../in-words.ts';
import type { Failure } from '../result.ts';
import { identityInWords } from '../failure-identity.ts';

export interface Circumstances {
  readonly replay: string;
  readonly version: string;
  /** What shrinking achieved, line by line. */
  readonly notes: readonly string[];
}

/** The comment at the top of a regression file: what failed, how to see it again, and what led to it. */
export function aboutFailure(
  failure: Failure,
  story: readonly string[],
  { replay, version, notes }: Circumstances,
): string {
  const lines = [
    failure.words,
    '',
    `Seen:    ${failure.detail}`,
    `Broken:  ${identityInWords(failure)} at ${timeInWords(failure.at)}, with version ${version}`,
    ...notes.map((note, index) => `${index === 0 ? 'Shrunk:' : '       '}  ${note}`),
    `Replay:  ${replay}`,
    '',
    ...story,
  ].flatMap((line) => line.split(/\r\n|[\n\r\u2028\u2029]/));
  return lines.map((line) => `${`// ${line}`.trimEnd()}\n`).join('');
}
