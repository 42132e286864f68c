import type { PaperRow, PapersResult, PaperTable, RowVerdict } from '../../../scenarios/papers/result.ts';
import { count, whole } from '../../figures.ts';
import { allowedInWords, oursInWords, paperFigure, reasonsInWords } from '../../papers/words.ts';
import type { LineChart } from '../chart-spec.ts';
import { lineChart } from '../chart.ts';
import type { Child } from '../dom.ts';
import { el } from '../dom.ts';
import { NOTHING } from '../format.ts';
import { swatch } from '../palette.ts';
import type { Section } from '../section.ts';
import { dataTable } from '../table.ts';

/** What the papers measured and what the simulator measures, side by side, where `rollcall papers` was run. */
export const papers: Section = {
  id: 'papers',
  title: 'The papers, reproduced',
  render: ({ papers: made }) => made && [el('p', { class: 'soft' }, summary(made)), ...made.tables.map(tableElement)],
};

function summary({ tables, version, mode }: PapersResult): string {
  const verdicts = tables.flatMap(({ rows }) => rows.map(({ verdict }) => verdict));
  const of = (wanted: RowVerdict) => verdicts.filter((verdict) => verdict === wanted).length;
  return (
    `Measured by \`rollcall papers${mode === 'full' ? ' --full' : ''}\` with version ${version}: ` +
    `${count(of('agrees'), 'figure')} agree, ${whole(of('differs'))} differ, ${whole(of('shown'))} are shown without a verdict.`
  );
}

function tableElement({ id, title, note, rows }: PaperTable): HTMLElement {
  const chart = chartOf(title, rows);
  const groups = [...new Set(rows.map(({ group }) => group))];
  const table = dataTable<PaperRow>({
    caption: 'The paper, and ours with where it may lie',
    rows: groups.flatMap((group) => rows.filter((row) => row.group === group)),
    columns: [
      ...(groups.length > 1 ? [{ title: 'Group', cell: ({ group }: PaperRow) => group }] : []),
      { title: 'Row', cell: ({ label, unit }) => (unit === '' ? label : `${label} (${unit})`) },
      { title: 'Paper', align: 'right', cell: ({ paper }) => (paper === null ? NOTHING : paperFigure(paper)) },
      { title: 'Ours', align: 'right', cell: oursInWords },
      { title: 'Allowed', align: 'right', cell: allowedInWords },
      { title: 'Samples', align: 'right', cell: ({ samples }) => whole(samples) },
      { title: 'Verdict', cell: verdictOf },
    ],
  });
  table.classList.add('tall');
  return el(
    'figure',
    { id, class: 'sweep' },
    el('h3', {}, title),
    el('p', { class: 'soft' }, note),
    chart === undefined ? table : el('div', { class: 'pair' }, withLegend(chart), table),
    el('ul', { class: 'reasons' }, ...reasonsInWords(rows).map((reason) => el('li', {}, reason))),
  );
}

function withLegend(chart: LineChart): HTMLElement {
  const keys = chart.series.map(({ name, look, place }, index) =>
    el('li', { class: 'key' }, swatch(place ?? index, look === 'theory'), name),
  );
  return el('div', {}, el('ul', { class: 'legend' }, ...keys), lineChart(chart).element);
}

const MARKS: Readonly<Record<RowVerdict, { readonly shape: string; readonly kind: string }>> = {
  agrees: { shape: '✓', kind: 'pass' },
  differs: { shape: '✕', kind: 'fail' },
  shown: { shape: '○', kind: 'open' },
};

function verdictOf({ verdict }: PaperRow): Child {
  const { shape, kind } = MARKS[verdict];
  return el(
    'span',
    { class: `verdict ${kind}` },
    el('span', { class: 'shape', 'aria-hidden': 'true' }, shape),
    verdict,
  );
}

/** One line of ours and one of the paper's per group, where the rows stand on an axis and are few enough to be told apart. */
function chartOf(title: string, rows: readonly PaperRow[]): LineChart | undefined {
  const groups = [...new Set(rows.map(({ group }) => group))];
  const placed = rows.flatMap((row) => (row.x === null ? [] : [{ ...row, x: row.x }]));
  if (placed.length < 3 || placed.length < rows.length || groups.length > 4) return undefined;
  const units = new Set(rows.map(({ unit }) => unit));
  if (units.size > 1) return undefined;
  const [unit = ''] = units;
  const named = (name: string, group: string) => (group === '' ? name : `${group}, ${name}`);
  return {
    title,
    x: { title: '', format: paperFigure },
    y: { title: unit, format: paperFigure },
    series: groups.flatMap((group, place) => {
      const own = placed.filter((row) => row.group === group).toSorted((a, b) => a.x - b.x);
      const paper = own.flatMap((row) => (row.paper === null ? [] : [{ x: row.x, y: row.paper }]));
      const ours = own.map(({ x, ours: y, low, high }) => ({ x, y, low, high }));
      return [
        { name: named('ours', group), place, points: ours },
        ...(paper.length > 0
          ? [{ name: named('the paper', group), look: 'theory' as const, place, points: paper }]
          : []),
      ];
    }),
  };
}
