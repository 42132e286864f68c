import { SECOND } from '../core/ports/clock.ts';
import type { Parting, RunDiff } from '../scenarios/diff/diff.ts';
import type { RecordedRun, ToldRecord } from '../scenarios/diff/recorded-run.ts';
import { whole } from './figures.ts';
import type { Paint } from './style.ts';
import { wrap } from './wrap.ts';

const WIDTH = 80;

/** Where two runs part, stacked so that a narrow terminal suffices. `notes` are told first. */
export function diffReport(diff: RunDiff, notes: readonly string[], paint: Paint): string {
  const { left, right, setUp, parting } = diff;
  return [
    paint('bold', heading('A', left)),
    paint('bold', heading('B', right)),
    ...notes.flatMap((note) => wrap(note, WIDTH)).map((line) => paint('yellow', line)),
    ...setUp.flatMap((difference) => hanging('  ', difference)),
    ...(parting === undefined ? [paint('green', 'The same, event by event.')] : partingInWords(diff, parting, paint)),
    '',
  ].join('\n');
}

function heading(side: string, { token, events }: RecordedRun): string {
  const wire = token.mode === 'wire' ? ', wire mode' : '';
  return `${side}  ${token.scenario}, seed ${token.seed}${wire}: ${whole(events)} events, hash ${token.hash}`;
}

function partingInWords(diff: RunDiff, { event, differs, before, left, right }: Parting, paint: Paint): string[] {
  const what = differs.length === 0 ? 'one of them is over' : `they differ in ${inOneSentence(differs)}`;
  const heading = wrap(`They part at event ${whole(event)}: ${what}.`, WIDTH).map((line) => paint('bold', line));
  return [
    '',
    ...(before.length === 0 ? [] : ['Both:', ...before.flatMap((told) => recordLines(' ', told))]),
    ...heading,
    ...sideLines('A', left, paint),
    ...over('A', diff.left, event + left.length),
    ...sideLines('B', right, paint),
    ...over('B', diff.right, event + right.length),
  ];
}

/** The event itself is painted: what comes after it only follows. */
function sideLines(side: string, told: readonly ToldRecord[], paint: Paint): string[] {
  return told.flatMap((one, index) => {
    const lines = recordLines(side, one);
    return index === 0 ? lines.map((line) => paint(side === 'A' ? 'red' : 'green', line)) : lines;
  });
}

function over(side: string, { events }: RecordedRun, told: number): string[] {
  return told >= events ? [`${side} is over.`] : [];
}

function recordLines(mark: string, { record: { at, host }, words }: ToldRecord): string[] {
  const prefix = `${mark} ${(at / SECOND).toFixed(6).padStart(12)}  `;
  return hanging(prefix, host === '' ? `* ${words}` : `${host.padEnd(4)} ${words}`);
}

function hanging(prefix: string, words: string): string[] {
  return wrap(words, WIDTH - prefix.length).map(
    (line, index) => `${index === 0 ? prefix : ''.padEnd(prefix.length)}${line}`,
  );
}

function inOneSentence(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
