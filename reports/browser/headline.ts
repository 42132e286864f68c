import { missed } from '../../scenarios/summary.ts';
import { count, whole } from '../figures.ts';
import type { ReportData } from '../html/data.ts';
import { el } from './dom.ts';
import { longTime } from './format.ts';
import { verdictShape } from './verdict.ts';

/** The answer before any table: one sentence or two, and the figures that they stand on. */
export function headline(data: ReportData): HTMLElement {
  const { scenarios, runs, passed, timing } = data;
  const simulated = scenarios.reduce((total, { simulatedSeconds }) => total + simulatedSeconds, 0);
  const struck = scenarios.flatMap((one) => Object.values(one.struck)).reduce((total, [times]) => total + times, 0);
  const figures: readonly (readonly [name: string, value: string])[] = [
    ['scenarios', whole(scenarios.length)],
    ['runs', whole(runs)],
    ['failed', whole(runs - passed)],
    ['faults that struck', whole(struck)],
    ['virtual time', longTime(simulated)],
    [`on ${count(timing.workers, 'worker')}`, longTime(timing.wallSeconds)],
  ];
  return el(
    'div',
    { class: 'headline' },
    el('p', { class: 'answer' }, verdictShape(data.verdict), answer(data)),
    el(
      'dl',
      { class: 'figures' },
      ...figures.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
    ),
  );
}

function answer(data: ReportData): string {
  const { notPlayed, lost, scenarios, stopped } = data;
  const broken = scenarios.flatMap(({ bounds }) => bounds).filter(({ holds }) => !holds).length;
  const unreached = scenarios.flatMap(({ sometimes }) => sometimes).filter(missed).length;
  const unplayed = notPlayed - lost.length;
  return [
    verdictOfRuns(data),
    ...(broken > 0 ? [`${count(broken, 'bound')} did not hold.`] : []),
    ...(unreached > 0
      ? [`${count(unreached, 'point')} that some run should reach ${unreached === 1 ? 'was' : 'were'} reached by none.`]
      : []),
    ...(lost.length > 0 ? [`${count(lost.length, 'run')} ended without a result.`] : []),
    ...(unplayed > 0 ? [`${count(unplayed, 'run')} not played${WHY_UNPLAYED[stopped]}.`] : []),
  ].join(' ');
}

const WHY_UNPLAYED: Readonly<Record<ReportData['stopped'], string>> = {
  done: '',
  bail: ': the first failure ended it',
  'time-limit': ': the time limit ended it',
  interrupted: ': it was interrupted',
};

function verdictOfRuns({ runs, passed, findings }: ReportData): string {
  if (runs === 0) return 'Nothing was played.';
  if (passed === runs) return runs === 1 ? 'The one run passed.' : `All ${whole(runs)} runs passed.`;
  const scenarios = new Set(findings.map(({ scenario }) => scenario)).size;
  const differed = findings.some(({ verdict }) => verdict === 'nondeterministic');
  return (
    `${whole(runs - passed)} of ${count(runs, 'run')} failed, in ${count(scenarios, 'scenario')}.` +
    (differed ? ' Some of them were not the same when they were played twice.' : '')
  );
}
