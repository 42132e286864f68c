import { durationInWords } from '../in-words.ts';
import type { Shrunk, Size } from './shrink.ts';

/** What shrinking achieved, line by line. */
export function shrunkInWords({ before, after, minimal, pinned }: Shrunk): string[] {
  return [
    MEASURES.flatMap((measure) => changeInWords(measure(before), measure(after))).join(', '),
    ...(minimal ? minimalInWords(after, pinned) : ['This is not minimal: the search was ended early.']),
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

function minimalInWords({ faults }: Size, pinned: readonly string[]): string[] {
  if (faults === 0) return ['It fails without any fault.'];
  const less = faults === 1 ? 'Without this fault' : 'Without any one of these faults';
  const free = faults - pinned.length;
  return [
    ...(free === 0
      ? []
      : [`${free === faults ? less : 'Without any one of the others'} it passes or fails in another way.`]),
    ...(pinned.length === 0
      ? []
      : [`Not taken out, since it could fail for another reason then: ${pinned.join(', ')}.`]),
  ];
}
