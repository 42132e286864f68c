import { whole } from '../../figures.ts';
import type { ScenarioData } from '../../html/data.ts';
import { el } from '../dom.ts';
import { percent } from '../format.ts';
import type { Section } from '../section.ts';
import { liveTable } from '../table.ts';

interface Trouble {
  readonly kind: string;
  times: number;
  runs: number;
  scenarios: number;
}

interface Point {
  readonly point: string;
  readonly scenario: string;
  readonly reachedBy: number;
  readonly seeds: number;
}

/** What was broken how often: a suite that breaks nothing proves nothing. */
export const troubles: Section = {
  id: 'troubles',
  title: 'What was broken',
  render(_, filter) {
    const faults = liveTable<Trouble>({
      caption: 'Faults that had an effect',
      rows: [],
      empty: 'No fault struck.',
      columns: [
        { title: 'Fault', cell: ({ kind }) => el('span', { class: 'name' }, kind), sort: ({ kind }) => kind },
        { title: 'Struck', align: 'right', cell: ({ times }) => whole(times), sort: ({ times }) => times },
        { title: 'Runs', align: 'right', cell: ({ runs }) => whole(runs), sort: ({ runs }) => runs },
        { title: 'Scenarios', align: 'right', cell: ({ scenarios }) => whole(scenarios), sort: (row) => row.scenarios },
      ],
    });
    const points = liveTable<Point>({
      caption: 'Sometimes points, the rarest first',
      rows: [],
      empty: 'No scenario has any.',
      columns: [
        { title: 'Point', cell: ({ point }) => point, sort: ({ point }) => point },
        {
          title: 'Scenario',
          cell: ({ scenario }) => el('span', { class: 'name' }, scenario),
          sort: (row) => row.scenario,
        },
        {
          title: 'Reached by',
          align: 'right',
          cell: ({ reachedBy }) => whole(reachedBy),
          sort: (row) => row.reachedBy,
        },
        { title: 'Runs', align: 'right', cell: ({ seeds }) => whole(seeds), sort: ({ seeds }) => seeds },
        { title: 'Share', align: 'right', cell: (row) => percent(row.reachedBy, row.seeds), sort: share },
      ],
    });
    filter.follow((scenarios) => {
      faults.update(troublesOf(scenarios));
      points.update(pointsOf(scenarios));
    });
    return [el('div', { class: 'pair' }, tall(faults.element), tall(points.element))];
  },
};

function tall(element: HTMLElement): HTMLElement {
  element.classList.add('tall');
  return element;
}

function troublesOf(scenarios: readonly ScenarioData[]): Trouble[] {
  const found = new Map<string, Trouble>();
  for (const { struck } of scenarios) {
    for (const [kind, [times, runs]] of Object.entries(struck)) {
      const trouble = found.get(kind) ?? { kind, times: 0, runs: 0, scenarios: 0 };
      trouble.times += times;
      trouble.runs += runs;
      trouble.scenarios += runs > 0 ? 1 : 0;
      found.set(kind, trouble);
    }
  }
  return [...found.values()].toSorted((a, b) => b.times - a.times || (a.kind < b.kind ? -1 : 1));
}

function pointsOf(scenarios: readonly ScenarioData[]): Point[] {
  return scenarios
    .flatMap(({ scenario, sometimes, seeds }) => sometimes.map((one) => ({ ...one, scenario, seeds })))
    .toSorted((a, b) => share(a) - share(b));
}

function share({ reachedBy, seeds }: Point): number {
  return reachedBy / Math.max(1, seeds);
}
