import type { Figure, FigureLine, FigurePoint } from '../../sweep/figure.ts';
import { short } from '../../sweep/words.ts';
import type { Axis, LineChart } from '../chart-spec.ts';
import { lineChart } from '../chart.ts';
import { el } from '../dom.ts';
import { NOTHING } from '../format.ts';
import { swatch } from '../palette.ts';
import type { Section } from '../section.ts';
import { dataTable } from '../table.ts';

/** Convergence, detection and load against size, loss and slowness, where a sweep was made. */
export const sweep: Section = {
  id: 'sweep',
  title: 'How it scales',
  render: ({ sweep: made }) =>
    made && [
      el(
        'p',
        { class: 'soft' },
        `Measured by \`rollcall report --sweep\` with version ${made.version}, source ${made.code}. Points are medians over ` +
          'seeds, of false positives the means; strokes reach from the 10th to the 90th percentile.',
      ),
      ...made.figures.map(figureElement),
    ],
};

function figureElement(figure: Figure): HTMLElement {
  const { id, title, shows, lines } = figure;
  const places = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
  return el(
    'figure',
    { id, class: 'sweep' },
    el('h3', {}, title),
    el('p', { class: 'soft' }, shows),
    lineChart(chartOf(figure)).element,
    dataTable<readonly [FigureLine, number]>({
      caption: `${figure.y.title}; columns: ${figure.x.title.toLowerCase()}`,
      columns: [
        {
          title: '',
          cell: ([{ name }, place]) => el('span', { class: 'key' }, swatch(place), name),
        },
        ...places.map((x) => ({
          title: short(x),
          align: 'right' as const,
          cell: ([{ points }]: readonly [FigureLine, number]) => cellOf(points.find((point) => point.x === x)),
        })),
        { title: 'Seeds', align: 'right', cell: ([{ points }]) => seedsOf(points) },
      ],
      rows: lines.map((line, place) => [line, place] as const),
    }),
  );
}

function chartOf({ title, x, y, lines }: Figure): LineChart {
  const edge = y.logFrom ?? Number.NEGATIVE_INFINITY;
  return {
    title,
    x: axisOf(x),
    y: {
      min: 0,
      max: Math.max(...lines.flatMap(({ points }) => points.map(({ y: middle, high = middle }) => high))),
      ...axisOf(y),
    },
    series: lines.map(({ name, kind, points }) => ({
      name,
      look: kind === 'measured' ? 'line' : 'curve',
      points: points.map((point) => ({ ...point, y: Math.max(edge, point.y) })),
    })),
  };
}

function axisOf({ title, logFrom }: Figure['x']): Axis {
  return { title, format: short, ...(logFrom === undefined ? {} : { log: true, min: logFrom }) };
}

function cellOf(point: FigurePoint | undefined): Node | string {
  if (point === undefined) return NOTHING;
  const { y, low, high } = point;
  if (low === undefined || high === undefined || low === high) return short(y);
  return el(
    'span',
    { title: `10th to 90th percentile: ${short(low)} to ${short(high)}` },
    short(y),
    spreadOf(low, high),
  );
}

function spreadOf(low: number, high: number): HTMLElement {
  return el('small', { class: 'spread' }, `${short(low)}–${short(high)}`);
}

function seedsOf(points: readonly FigurePoint[]): string {
  const seeds = points.flatMap((point) => point.seeds ?? []);
  if (seeds.length === 0) return NOTHING;
  const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
  return least === most ? String(least) : `${least}–${most}`;
}
