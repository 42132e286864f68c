import { durationInWords } from '../in-words.ts';
import type { Shrunk, Size } from './shrink.ts';

/** What shrinking achieved, line by line. */
export function shrunkInWords({ before, after, minimal }: Shrunk): string[] {
  return [
    MEASURES.flatMap((measure) => changeInWords(measure(before), measure(after))).join(', '),
    minimal ? minimalInWords(after) : 'This is not minimal: the search was ended early.',
  ];
}

const MEASURES: readonly ((size: Size) => readonly [amount: string, noun: string])[] = [
  ({ faults }) => counted(faults, 'fault'),
  ({ hosts }) => counted(hosts, 'host'),
  ({ duration }) => [durationInWords(duration), ''],
  ({ settings }) => counted(settings, 'drawn setting'),
];

/** `18 faults to 1`; nothing of what was not there. */
function changeInWords([before, noun]: readonly [string, string], [after]: readonly [string, string]): string[] {
  const whole = `${before}${noun}`;
  if (before !== after) return [`${whole} to ${after}`];
  return before === '0' ? [] : [`${whole} as before`];
}

function counted(number: number, noun: string): readonly [string, string] {
  return [String(number), ` ${noun}${number === 1 ? '' : 's'}`];
}

function minimalInWords({ faults }: Size): string {
  if (faults === 0) return 'It fails without any fault.';
  const less = faults === 1 ? 'Without this fault' : 'Without any one of these faults';
  return `${less} it passes or fails in another way.`;
}
