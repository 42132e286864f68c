import { SECOND } from '../../../core/ports/clock.ts';
import { COMPARED_METRICS } from '../../compare/samples.ts';
import type { Change } from '../../compare/result.ts';
import {
  chanceInWords,
  conclusionInWords,
  effectInWords,
  methodInWords,
  metricInWords,
  shiftInWords,
  sideInWords,
  verdictInWords,
} from '../../compare/words.ts';
import type { LineChart, Point } from '../chart-spec.ts';
import { lineChart } from '../chart.ts';
import { el } from '../dom.ts';
import { swatch } from '../palette.ts';
import type { Section } from '../section.ts';
import { dataTable } from '../table.ts';

/** What became worse or better since an earlier results file, where one was named. */
export const comparison: Section = {
  id: 'comparison',
  title: 'Comparison',
  render({ comparison: made }) {
    if (made === undefined) return undefined;
    const { changes, verdicts, added, vanished, notes, earlier, now, regressed } = made;
    const paragraph = (text: string) => (text === '' ? [] : [el('p', { class: 'soft' }, text)]);
    const named = (title: string, names: readonly string[]) =>
      names.length === 0 ? [] : paragraph(`${title}: ${names.join(', ')}.`);
    return [
      el('p', { class: regressed ? 'fail' : 'pass', id: 'comparison-conclusion' }, conclusionInWords(made)),
      ...paragraph(`${sideInWords(earlier)} then, ${sideInWords(now)} now.`),
      ...verdicts.map((verdict) => el('p', { class: verdict.worse ? 'fail' : 'soft' }, verdictInWords(verdict))),
      ...(changes.length === 0 ? [] : changesElements(changes)),
      ...named('New scenarios', added),
      ...named('Scenarios that are gone', vanished),
      ...[...notes, methodInWords(made)].flatMap(paragraph),
    ];
  },
};

function changesElements(changes: readonly Change[]): HTMLElement[] {
  const chart = lineChart(chartOf(changes[0]!));
  const choice = el(
    'select',
    { id: 'comparison-drawn' },
    ...changes.map((change, index) => el('option', { value: index }, `${change.scenario}: ${metricInWords(change)}`)),
  );
  choice.addEventListener('input', () => chart.update(chartOf(changes[Number(choice.value)]!)));
  return [
    el(
      'div',
      { class: 'controls' },
      el('label', {}, 'Draw', choice),
      el('span', { class: 'key' }, swatch(EARLIER), 'then'),
      el('span', { class: 'key' }, swatch(NOW), 'now'),
    ),
    chart.element,
    dataTable<Change>({
      caption: 'What changed by more than chance: one value per run, of times the slowest of the run',
      columns: [
        {
          title: 'Scenario',
          cell: ({ scenario }) => el('span', { class: 'name' }, scenario),
          sort: (row) => row.scenario,
        },
        { title: 'What', cell: metricInWords, sort: metricInWords },
        {
          title: '',
          cell: ({ kind }) => el('span', { class: kind === 'regression' ? 'fail' : 'pass' }, kind),
          sort: ({ kind }) => kind,
        },
        { title: 'Median', align: 'right', cell: ({ metric, median }) => shiftInWords(metric, median) },
        { title: 'p99', align: 'right', cell: ({ metric, p99 }) => shiftInWords(metric, p99) },
        { title: 'Mean', align: 'right', cell: ({ metric, mean }) => shiftInWords(metric, mean) },
        { title: 'Effect', align: 'right', cell: effectInWords, sort: ({ delta }) => Math.abs(delta) },
        { title: 'Runs', align: 'right', cell: ({ samples: [n, m] }) => `${n}, ${m}` },
        { title: 'p', align: 'right', cell: ({ p }) => chanceInWords(p), sort: ({ p }) => p },
      ],
      rows: changes,
    }),
  ];
}

const [EARLIER, NOW] = [7, 1];

/** The share of runs that needed at most so much, before and now. */
function chartOf({ scenario, metric, where, steps: [earlier, now] }: Change): LineChart {
  const what = metricInWords({ metric, where });
  const { unit } = COMPARED_METRICS[metric];
  const scale = unit === 'microseconds' ? SECOND : 1;
  return {
    title: `${scenario}: ${what}, then and now`,
    x: { title: unit === 'microseconds' ? `${what}, seconds of virtual time` : what, min: 0 },
    y: {
      title: 'share of runs',
      min: 0,
      max: 1,
      format: (value) => `${Number((100 * value).toFixed(1))} %`,
    },
    series: [
      { name: 'then', look: 'steps', place: EARLIER, points: cumulative(earlier, scale) },
      { name: 'now', look: 'steps', place: NOW, points: cumulative(now, scale) },
    ],
  };
}

/** What never came has a share, and no place: the line ends below the top. */
function cumulative(steps: readonly (number | null)[], scale: number): Point[] {
  const points = steps.flatMap((value, index) =>
    value === null ? [] : [{ x: value / scale, y: (index + 1) / steps.length }],
  );
  return points[0] === undefined ? [] : [{ x: points[0].x, y: 0 }, ...points];
}
