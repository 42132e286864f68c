import type { ChartConfiguration, ChartDataset, Scale } from 'chart.js';
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import { shorten } from '../shorten.ts';
import { axisOptions, commonOptions, tipOptions, written } from './chart-options.ts';
import type { BarChart, LineChart, Series } from './chart-spec.ts';
import { el } from './dom.ts';
import { guidePlugin } from './guides.ts';
import { seriesColour, seriesDash, THEORY_DASH } from './palette.ts';
import type { LegendEntry } from './png.ts';
import { savePng } from './png.ts';
import { colour, onThemeChange } from './theme.ts';
import { whiskers } from './whiskers.ts';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
);

export interface ChartElement<Spec> {
  readonly element: HTMLElement;
  update(spec: Spec): void;
}

/** Lines over a common axis. The table beside it says the same in numbers. */
export function lineChart(spec: LineChart): ChartElement<LineChart> {
  return chartElement(spec, {
    configure: lineConfiguration,
    height: () => undefined,
    legend: ({ series }) => series.map((one, index) => ({ name: one.name, ...strokeOf(one, index) })),
  });
}

/** One bar per name, downwards. */
export function barChart(spec: BarChart): ChartElement<BarChart> {
  return chartElement(spec, {
    configure: barConfiguration,
    height: ({ bars }) => bars.length * BAR_HEIGHT + AXIS_HEIGHT,
    legend: () => [],
  });
}

const BAR_HEIGHT = 18;
const AXIS_HEIGHT = 56;

interface Drawing<Spec, Kind extends 'line' | 'bar'> {
  configure(spec: Spec): ChartConfiguration<Kind>;
  /** In pixels, where the style sheet does not say. */
  height(spec: Spec): number | undefined;
  /** What a picture without the page beside it needs to be understood. */
  legend(spec: Spec): readonly LegendEntry[];
}

function chartElement<Spec extends { readonly title: string }, Kind extends 'line' | 'bar'>(
  first: Spec,
  { configure, height, legend }: Drawing<Spec, Kind>,
): ChartElement<Spec> {
  let spec = first;
  const canvas = el('canvas', { role: 'img' });
  const box = el('div', { class: 'canvas' }, canvas);
  const png = el(
    'button',
    { type: 'button', class: 'quiet png', onclick: () => savePng(canvas, spec.title, legend(spec)) },
    'Save as PNG',
  );
  const element = el('div', { class: 'chart' }, box, png);
  let chart: Chart<Kind> | undefined;

  const draw = (): void => {
    canvas.setAttribute('aria-label', `Chart: ${spec.title}. The table has the same numbers.`);
    const pixels = height(spec);
    if (pixels !== undefined) box.style.height = `${pixels}px`;
    // A chart measures the box that it stands in: before it is on the page there is nothing to measure.
    if (!canvas.isConnected) return void requestAnimationFrame(draw);
    // Made anew: a chart that is given other options keeps some of the old ones.
    chart?.destroy();
    chart = new Chart(canvas, configure(spec));
  };

  onThemeChange(draw);
  addEventListener('beforeprint', () => chart?.resize());
  addEventListener('afterprint', () => chart?.resize());
  draw();
  return {
    element,
    update(next) {
      spec = next;
      draw();
    },
  };
}

function lineConfiguration({ series, x, y, guides = [] }: LineChart): ChartConfiguration<'line'> {
  const datasets = series.map((one, index): ChartDataset<'line'> => {
    const { line, dash } = strokeOf(one, index);
    const bare = one.look === 'steps' || one.look === 'theory' || one.look === 'curve';
    return {
      label: one.name,
      data: [...one.points],
      borderColor: line,
      backgroundColor: line,
      borderWidth: one.look === 'theory' || one.look === 'curve' ? 1.5 : 2,
      borderDash: [...dash],
      stepped: one.look === 'steps' ? 'before' : false,
      showLine: one.look !== 'dots',
      pointRadius: bare ? 0 : 3,
      pointHitRadius: 8,
    };
  });
  return {
    type: 'line',
    data: { datasets },
    options: {
      ...commonOptions(),
      scales: { x: axisOptions(x), y: axisOptions(y) },
      interaction: { mode: 'nearest', intersect: false, axis: 'xy' },
      plugins: {
        tooltip: {
          ...tipOptions(),
          callbacks: {
            title: () => '',
            label: ({ dataset, parsed }) =>
              `${dataset.label}: ${written(x, parsed.x ?? 0)}, ${written(y, parsed.y ?? 0)}`,
          },
        },
      },
    },
    plugins: [guidePlugin(() => guides), whiskers],
  };
}

function strokeOf({ look, place }: Series, index: number): { readonly line: string; readonly dash: readonly number[] } {
  if (look === 'theory') {
    return { line: colour(place === undefined ? '--ink-soft' : seriesColour(place)), dash: THEORY_DASH };
  }
  return { line: colour(seriesColour(place ?? index)), dash: seriesDash(place ?? index) };
}

function barConfiguration({ bars, x }: BarChart): ChartConfiguration<'bar'> {
  return {
    type: 'bar',
    data: {
      labels: bars.map(({ name }) => name),
      datasets: [{ data: bars.map(({ value }) => value), backgroundColor: colour('--accent'), barPercentage: 0.7 }],
    },
    options: {
      ...commonOptions(),
      indexAxis: 'y',
      scales: {
        x: axisOptions(x),
        y: { grid: { display: false }, ticks: { color: colour('--ink'), autoSkip: false, callback: fittingName } },
      },
      plugins: {
        tooltip: { ...tipOptions(), callbacks: { label: ({ parsed }) => written(x, parsed.x ?? 0) } },
      },
    },
  };
}

/** On a narrow screen, names leave room for the bars. */
function fittingName(this: Scale, _: string | number, index: number): string {
  const name = this.getLabelForValue(index);
  return this.chart.width < 480 ? shorten(name, 18) : name;
}
