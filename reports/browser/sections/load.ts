import { rate } from '../../figures.ts';
import type { ScenarioData } from '../../html/data.ts';
import type { BarChart } from '../chart-spec.ts';
import { barChart } from '../chart.ts';
import { el } from '../dom.ts';
import type { Section } from '../section.ts';
import { liveTable } from '../table.ts';

const LOADS = {
  messages: { title: 'Messages', of: (one: ScenarioData) => one.messagesPerNodePerSecond },
  bytes: { title: 'Bytes', of: (one: ScenarioData) => one.bytesPerNodePerSecond },
} as const;

export const load: Section = {
  id: 'load',
  title: 'What it costs',
  render(_, filter) {
    let kind: keyof typeof LOADS = 'messages';
    let shown: readonly ScenarioData[] = [];
    const kinds = el(
      'select',
      { id: 'load-kind' },
      ...Object.entries(LOADS).map(([value, { title }]) => el('option', { value }, title)),
    );
    const table = liveTable<ScenarioData>({
      caption: 'Per node and second of virtual time',
      rows: [],
      empty: 'No scenario is left by the filter.',
      columns: [
        {
          title: 'Scenario',
          cell: ({ scenario }) => el('span', { class: 'name' }, scenario),
          sort: (row) => row.scenario,
        },
        ...Object.values(LOADS).map(({ title, of }) => ({
          title,
          align: 'right' as const,
          cell: (row: ScenarioData) => rate(of(row)),
          sort: of,
        })),
      ],
    });
    const chart = barChart(spec());

    function spec(): BarChart {
      const { title, of } = LOADS[kind];
      return {
        title: `${title} per node and second`,
        bars: shown.map((one) => ({ name: one.scenario, value: of(one) })),
        x: { title: `${title.toLowerCase()} per node and second`, min: 0, format: rate },
      };
    }

    function show(): void {
      const { of } = LOADS[kind];
      shown = filter.scenarios.toSorted((a, b) => of(b) - of(a));
      table.update(shown);
      chart.update(spec());
    }

    kinds.addEventListener('input', () => {
      kind = kinds.value as keyof typeof LOADS;
      show();
    });
    filter.follow(show);
    return [
      el('div', { class: 'controls' }, el('label', {}, 'Draw', kinds)),
      el('div', { class: 'pair' }, chart.element, table.element),
    ];
  },
};
