import type { PaperRow, PapersResult, PaperTable, RowVerdict } from '../../scenarios/papers/result.ts';
import { whole } from '../figures.ts';
import type { Paint, Style } from '../style.ts';
import { type Column, layOut } from '../table.ts';
import { wrap } from '../wrap.ts';
import { allowedInWords, oursInWords, paperFigure, reasonsInWords } from './words.ts';

export interface PapersReportOptions {
  /** Characters per line. */
  readonly width: number;
  readonly paint: Paint;
}

const STYLES: Readonly<Record<RowVerdict, Style>> = { agrees: 'green', differs: 'red', shown: 'dim' };

/** Papers and ours, side by side, for people. */
export function papersReport(result: PapersResult, options: PapersReportOptions): string {
  const blocks = [...result.tables.map((table) => tableInWords(table, options)), conclusion(result, options.paint)];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function tableInWords({ title, note, rows }: PaperTable, { width, paint }: PapersReportOptions): string[] {
  const columns: Column<PaperRow>[] = [
    { title: '', weight: 9, align: 'left', cell: ({ label }) => `  ${label}` },
    { title: 'paper', weight: 9, align: 'right', cell: ({ paper }) => (paper === null ? '-' : paperFigure(paper)) },
    { title: 'ours', weight: 9, align: 'right', cell: oursInWords },
    { title: 'allowed', weight: 4, align: 'right', cell: allowedInWords },
    { title: 'samples', weight: 5, align: 'right', cell: ({ samples }) => whole(samples) },
    {
      title: 'verdict',
      weight: 8,
      align: 'left',
      cell: ({ verdict }) => verdict,
      paint: (text, { verdict }) => paint(STYLES[verdict], text),
    },
  ];
  const [header = '', ...lines] = layOut(columns, rows, width).lines;
  return [
    paint('bold', title),
    ...wrap(note, width).map((line) => paint('dim', line)),
    paint('bold', header),
    ...groupsOf(rows).flatMap((members) => [
      ...headings(members[0]!),
      ...members.map((row) => lines[rows.indexOf(row)]!),
    ]),
    ...reasonsInWords(rows).flatMap((reason) => wrap(reason, width).map((line) => paint('dim', line))),
  ];
}

function groupsOf(rows: readonly PaperRow[]): PaperRow[][] {
  const groups = new Map<string, PaperRow[]>();
  for (const row of rows) {
    const members = groups.get(row.group);
    if (members === undefined) groups.set(row.group, [row]);
    else members.push(row);
  }
  return [...groups.values()];
}

function headings({ group, unit }: PaperRow): string[] {
  const words = [group, ...(unit === '' ? [] : [`(${unit})`])].join(' ').trim();
  return words === '' ? [] : [words];
}

function conclusion({ tables, mode }: PapersResult, paint: Paint): string[] {
  const rows = tables.flatMap((table) => table.rows.map((row) => ({ table, row })));
  const count = (verdict: RowVerdict) => rows.filter(({ row }) => row.verdict === verdict).length;
  const differing = rows.filter(({ row }) => row.verdict === 'differs');
  const counts = [
    `${whole(count('agrees'))} agree`,
    `${whole(differing.length)} differ`,
    `${whole(count('shown'))} shown`,
  ];
  return [
    ...differing.map(({ table, row }) =>
      paint('red', `DIFFERS ${table.id}: ${[row.group, row.label].filter((word) => word !== '').join(', ')}`),
    ),
    `Figures: ${counts.join(', ')} without a verdict (${mode})`,
    differing.length === 0 ? paint('green', 'agrees') : paint('red', 'differs'),
  ];
}
