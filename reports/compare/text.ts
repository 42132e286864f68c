import type { Paint } from '../style.ts';
import { type Column, layOut } from '../table.ts';
import { wrap } from '../wrap.ts';
import type { Change, Comparison } from './result.ts';
import {
  chanceInWords,
  conclusionInWords,
  effectInWords,
  methodInWords,
  metricInWords,
  shiftInWords,
  sideInWords,
  verdictInWords,
} from './words.ts';

export interface ComparisonReportOptions {
  readonly width: number;
  readonly paint: Paint;
}

/** A comparison for the terminal: what became worse first, the conclusion last. */
export function comparisonReport(comparison: Comparison, { width, paint }: ComparisonReportOptions): string {
  const { earlier, now, changes, verdicts, added, vanished, notes, regressed } = comparison;
  const listed = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : wrap(`${title}: ${names.join(', ')}.`, width);
  const ofKind = (kind: Change['kind']) => changes.filter((change) => change.kind === kind);
  const blocks = [
    [paint('bold', `Compared with ${sideInWords(earlier)}; now ${sideInWords(now)}`)],
    verdicts.flatMap((verdict) =>
      wrap(verdictInWords(verdict), width).map((line) => (verdict.worse ? paint('red', line) : line)),
    ),
    table(paint('red', 'Regressions'), ofKind('regression'), width),
    table(paint('green', 'Improvements'), ofKind('improvement'), width),
    [...listed('New', added), ...listed('Gone', vanished)],
    [...notes, methodInWords(comparison)]
      .filter((note) => note !== '')
      .flatMap((note) => wrap(note, width).map((line) => paint('dim', line))),
    wrap(conclusionInWords(comparison), width).map((line) => paint(regressed ? 'red' : 'green', line)),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const COLUMNS: readonly Column<Change>[] = [
  { title: 'scenario', weight: 10, align: 'left', cell: ({ scenario }) => scenario },
  { title: 'what', weight: 9, align: 'left', cell: metricInWords },
  { title: 'median', weight: 8, align: 'left', cell: ({ metric, median }) => shiftInWords(metric, median) },
  { title: 'p99', weight: 6, align: 'left', cell: ({ metric, p99 }) => shiftInWords(metric, p99) },
  { title: 'mean', weight: 3, align: 'left', cell: ({ metric, mean }) => shiftInWords(metric, mean) },
  { title: 'effect', weight: 7, align: 'left', cell: effectInWords },
  { title: 'runs', weight: 4, align: 'left', cell: ({ samples: [n, m] }) => `${n}, ${m}` },
  { title: 'p', weight: 5, align: 'right', cell: ({ p }) => chanceInWords(p) },
];

function table(title: string, changes: readonly Change[], width: number): string[] {
  if (changes.length === 0) return [];
  const { lines, leftOut } = layOut(COLUMNS, changes, width);
  return [title, ...lines, ...(leftOut.length > 0 ? [`No room for: ${leftOut.join(', ')}.`] : [])];
}
