import type { NotableRun, ReportData, ScenarioData } from '../../html/data.ts';
import type { BoundResult } from '../../../scenarios/result.ts';
import { limitInWords, whole } from '../../figures.ts';
import { el } from '../dom.ts';
import { NOTHING, percent, seconds } from '../format.ts';
import { METRICS } from '../metrics.ts';
import { replay } from '../replay.ts';
import type { Section } from '../section.ts';
import { liveTable } from '../table.ts';

interface Slow {
  readonly scenario: string;
  readonly run: NotableRun;
}

interface Fragile {
  readonly scenario: ScenarioData;
  readonly bad: number;
  /** The bound that it comes closest to, as a share of the limit. */
  readonly tightest: { readonly bound: BoundResult; readonly used: number } | undefined;
}

const LISTED = 10;

/** Where to look first when nothing failed: what took longest, and what came closest to failing. */
export const extremes: Section = {
  id: 'extremes',
  title: 'Slowest and most fragile',
  render(data, filter) {
    const slow = liveTable<Slow>({
      caption: 'The slowest run of each scenario and its median one, in seconds of virtual time',
      rows: [],
      empty: 'No time was measured.',
      columns: [
        {
          title: 'Scenario',
          cell: ({ scenario }) => el('span', { class: 'name' }, scenario),
          sort: (row) => row.scenario,
        },
        { title: 'Run', cell: ({ run }) => `${run.why}, seed ${run.seed}`, sort: ({ run }) => run.why },
        { title: 'Of', cell: ({ run }) => METRICS[run.metric].title.toLowerCase(), sort: ({ run }) => run.metric },
        { title: 'Seconds', align: 'right', cell: ({ run }) => seconds(run.value), sort: ({ run }) => run.value },
        { title: 'Replay', cell: ({ run }) => runCell(run, data) },
      ],
    });
    const fragile = liveTable<Fragile>({
      caption: `The most fragile scenarios: failed runs, then false positives, then how much of a bound is used`,
      rows: [],
      empty: 'No scenario failed, declared the living dead or has a bound.',
      columns: [
        { title: 'Scenario', cell: ({ scenario }) => el('span', { class: 'name' }, scenario.scenario) },
        { title: 'Failed', align: 'right', cell: ({ bad, scenario }) => percent(bad, scenario.seeds) },
        { title: 'False positives', align: 'right', cell: ({ scenario }) => whole(scenario.falsePositives) },
        {
          title: 'Of its bound',
          align: 'right',
          cell: ({ tightest }) => (tightest === undefined ? NOTHING : percent(tightest.used, 1)),
        },
        { title: 'Bound', cell: ({ tightest }) => (tightest === undefined ? NOTHING : limitInWords(tightest.bound)) },
      ],
    });
    filter.follow((scenarios) => {
      slow.update(slowRuns(scenarios));
      fragile.update(fragileOf(scenarios));
    });
    slow.element.classList.add('tall');
    return [slow.element, fragile.element];
  },
};

function runCell(run: NotableRun, data: ReportData): HTMLElement {
  const timeline = data.timelines[run.token];
  return el(
    'span',
    { class: 'run', id: run.token, tabindex: -1 },
    replay(run.token, data.files),
    timeline === undefined ? undefined : el('a', { href: timeline }, 'Timeline'),
  );
}

/** The slowest run of a scenario stands beside its median one. */
function slowRuns(scenarios: readonly ScenarioData[]): Slow[] {
  const slowest = (one: ScenarioData) => one.notable[0]?.value ?? 0;
  return scenarios
    .toSorted((a, b) => slowest(b) - slowest(a))
    .flatMap(({ scenario, notable }) => notable.map((run) => ({ scenario, run })));
}

function fragileOf(scenarios: readonly ScenarioData[]): Fragile[] {
  return scenarios
    .map((scenario) => ({ scenario, bad: scenario.failed + scenario.nondeterministic, tightest: tightestOf(scenario) }))
    .filter(({ scenario, bad, tightest }) => bad > 0 || scenario.falsePositives > 0 || tightest !== undefined)
    .toSorted(
      (a, b) =>
        b.bad / Math.max(1, b.scenario.seeds) - a.bad / Math.max(1, a.scenario.seeds) ||
        b.scenario.falsePositives - a.scenario.falsePositives ||
        (b.tightest?.used ?? 0) - (a.tightest?.used ?? 0),
    )
    .slice(0, LISTED);
}

function tightestOf({ bounds }: ScenarioData): Fragile['tightest'] {
  return bounds
    .flatMap((bound) =>
      bound.observed === null || bound.atMost === 0 ? [] : [{ bound, used: bound.observed / bound.atMost }],
    )
    .toSorted((a, b) => b.used - a.used)[0];
}
