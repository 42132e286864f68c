import { SECOND } from '../../../core/ports/clock.ts';
import { whole } from '../../figures.ts';
import type { Curve, CurveMetric, ScenarioData } from '../../html/data.ts';
import { CURVE_METRICS } from '../../html/data.ts';
import type { LineChart, Point } from '../chart-spec.ts';
import { lineChart } from '../chart.ts';
import { el } from '../dom.ts';
import { seconds, shortSeconds } from '../format.ts';
import { METRICS } from '../metrics.ts';
import { swatch } from '../palette.ts';
import type { Section } from '../section.ts';
import { liveTable } from '../table.ts';

/** Chosen to begin with: the slowest. More lines would hide each other. */
const DRAWN_AT_FIRST = 5;

export const distributions: Section = {
  id: 'distributions',
  title: 'How long it takes',
  render(data, filter) {
    const measured = CURVE_METRICS.filter((metric) => data.scenarios.some(({ curves }) => curves[metric].samples > 0));
    if (measured.length === 0) return undefined;
    let metric = measured[0]!;
    let shown: readonly ScenarioData[] = [];
    const drawn = new Lines();

    const metrics = el(
      'select',
      { id: 'metric' },
      ...measured.map((one) => el('option', { value: one }, METRICS[one].title)),
    );
    const log = el('input', { type: 'checkbox', id: 'log' });
    const words = el('p', { class: 'soft' });
    const table = liveTable<ScenarioData>({
      caption: 'Quantiles in seconds of virtual time; ticked scenarios are drawn',
      rows: [],
      empty: 'Nothing was measured.',
      columns: [
        {
          title: 'Scenario',
          cell: ({ scenario }) => pick(scenario),
          sort: ({ scenario }) => scenario,
        },
        ...(['p50', 'p90', 'p99', 'max'] as const).map((quantile) => ({
          title: quantile,
          align: 'right' as const,
          cell: ({ curves }: ScenarioData) => seconds(curves[metric][quantile]),
          sort: ({ curves }: ScenarioData) => curves[metric][quantile],
        })),
        {
          title: 'Never',
          align: 'right',
          cell: ({ curves }) => whole(curves[metric].never),
          sort: ({ curves }) => curves[metric].never,
        },
        {
          title: 'Samples',
          align: 'right',
          cell: ({ curves }) => whole(curves[metric].samples),
          sort: ({ curves }) => curves[metric].samples,
        },
      ],
    });
    const chart = lineChart(spec());

    function pick(scenario: string): HTMLElement {
      const place = drawn.placeOf(scenario);
      const box = el('input', { type: 'checkbox', ...(place === undefined ? {} : { checked: true }) });
      const label = el('label', { class: 'pick' }, box, swatch(place), el('span', { class: 'name' }, scenario));
      box.addEventListener('input', () => {
        drawn.toggle(scenario);
        const again = pick(scenario);
        label.replaceWith(again);
        again.querySelector('input')?.focus();
        chart.update(spec());
      });
      return label;
    }

    function spec(): LineChart {
      return {
        title: `${METRICS[metric].title} by scenario`,
        x: {
          title: 'seconds of virtual time',
          log: log.checked,
          format: shortSeconds,
          ...(log.checked ? {} : { min: 0 }),
        },
        y: { title: 'share of samples', min: 0, max: 1, format: (value) => `${Number((value * 100).toFixed(1))} %` },
        guides: [
          { y: 0.5, label: 'p50' },
          { y: 0.9, label: 'p90' },
          { y: 0.99, label: 'p99' },
        ],
        series: shown.flatMap(({ scenario, curves }) => {
          const place = drawn.placeOf(scenario);
          if (place === undefined) return [];
          return [{ name: scenario, look: 'steps' as const, place, points: cumulative(curves[metric], log.checked) }];
        }),
      };
    }

    function show(): void {
      shown = filter.scenarios.filter(({ curves }) => curves[metric].samples > 0);
      drawn.ensure(slowest(shown, metric).map(({ scenario }) => scenario));
      words.textContent = METRICS[metric].words;
      table.update(slowest(shown, metric));
      chart.update(spec());
    }

    metrics.addEventListener('input', () => {
      metric = metrics.value as CurveMetric;
      drawn.clear();
      show();
    });
    log.addEventListener('input', () => chart.update(spec()));
    filter.follow(show);
    table.element.classList.add('tall');
    return [
      el(
        'div',
        { class: 'controls' },
        el('label', {}, 'Time of', metrics),
        el('label', { class: 'check' }, log, 'Logarithmic'),
      ),
      words,
      el('div', { class: 'pair' }, chart.element, table.element),
    ];
  },
};

/** Which scenarios have a line, and each line's place, which it keeps for as long as it is drawn. */
class Lines {
  readonly #places = new Map<string, number>();

  placeOf(scenario: string): number | undefined {
    return this.#places.get(scenario);
  }

  toggle(scenario: string): void {
    if (!this.#places.delete(scenario)) this.#places.set(scenario, this.#free());
  }

  clear(): void {
    this.#places.clear();
  }

  /** Draws the first of them where none of them is drawn. */
  ensure(scenarios: readonly string[]): void {
    if (scenarios.some((scenario) => this.#places.has(scenario))) return;
    for (const scenario of scenarios.slice(0, DRAWN_AT_FIRST)) this.toggle(scenario);
  }

  #free(): number {
    const taken = new Set(this.#places.values());
    let place = 0;
    while (taken.has(place)) place += 1;
    return place;
  }
}

function slowest(scenarios: readonly ScenarioData[], metric: CurveMetric): ScenarioData[] {
  const p99 = ({ curves }: ScenarioData) => curves[metric].p99 ?? 0;
  return scenarios.toSorted((a, b) => p99(b) - p99(a));
}

/** From 0 up at the first sample; on a logarithmic axis, what took no time at all has no place. */
function cumulative({ steps, samples, never }: Curve, log: boolean): Point[] {
  // What never came to an end keeps the curve below the top.
  const top = samples / (samples + never);
  let sum = 0;
  const points = steps.map((step, index) => {
    sum += step;
    return { x: sum / SECOND, y: (top * (index + 1)) / steps.length };
  });
  const placed = log ? points.filter(({ x }) => x > 0) : points;
  const first = placed[0];
  return first === undefined ? [] : [{ x: first.x, y: log ? first.y : 0 }, ...placed];
}
