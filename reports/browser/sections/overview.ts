import { whole } from '../../figures.ts';
import type { ScenarioData } from '../../html/data.ts';
import { el } from '../dom.ts';
import { seconds } from '../format.ts';
import type { Section } from '../section.ts';
import { liveTable } from '../table.ts';
import { verdictMark } from '../verdict.ts';

export const overview: Section = {
  id: 'overview',
  title: 'Scenarios',
  render(_, filter) {
    const table = liveTable<ScenarioData>({
      caption: 'Times in seconds of virtual time',
      rows: [],
      empty: 'No scenario is left by the filter.',
      columns: [
        {
          title: 'Scenario',
          cell: ({ scenario }) => el('span', { class: 'name' }, scenario),
          sort: ({ scenario }) => scenario,
        },
        { title: 'Verdict', cell: ({ verdict, seeds }) => verdictMark(verdict, seeds), sort: ({ verdict }) => verdict },
        { title: 'Runs', align: 'right', cell: ({ seeds }) => whole(seeds), sort: ({ seeds }) => seeds },
        { title: 'Failed', align: 'right', cell: (row) => whole(bad(row)), sort: bad },
        ...(['detection', 'convergence'] as const).flatMap((metric) =>
          (['p50', 'p99'] as const).map((quantile) => ({
            title: `${metric === 'detection' ? 'Detection' : 'Convergence'} ${quantile}`,
            align: 'right' as const,
            cell: ({ curves }: ScenarioData) => seconds(curves[metric][quantile]),
            sort: ({ curves }: ScenarioData) => curves[metric][quantile],
          })),
        ),
        {
          title: 'False positives',
          align: 'right',
          cell: ({ falsePositives }) => whole(falsePositives),
          sort: ({ falsePositives }) => falsePositives,
        },
        { title: 'What happens', look: 'summary', cell: ({ summary }) => el('span', { title: summary }, summary) },
      ],
    });
    filter.follow(table.update);
    return [table.element];
  },
};

function bad({ failed, nondeterministic }: ScenarioData): number {
  return failed + nondeterministic;
}
