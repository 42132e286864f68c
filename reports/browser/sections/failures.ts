import { missed } from '../../../scenarios/summary.ts';
import { boundInWords, count, lostInWords, whole } from '../../figures.ts';
import type { FailedRun, Finding, ReportData } from '../../html/data.ts';
import { el } from '../dom.ts';
import { replay } from '../replay.ts';
import type { Section } from '../section.ts';
import { verdictShape } from '../verdict.ts';

export const failures: Section = {
  id: 'failures',
  title: 'Failures',
  render(data, filter) {
    const list = el('div', { class: 'findings' });
    filter.follow((scenarios) => {
      const names = new Set(scenarios.map(({ scenario }) => scenario));
      const findings = data.findings.filter(({ scenario }) => names.has(scenario));
      const unproven = scenarios.flatMap(({ scenario, bounds, sometimes, seeds }) => [
        ...bounds.filter(({ holds }) => !holds).map((bound) => `${scenario}: ${boundInWords(bound)}.`),
        ...sometimes
          .filter(missed)
          .map(
            ({ point }) =>
              `${scenario}: none of ${count(seeds, 'run')} reached “${point}”, so it proves less than it says.`,
          ),
      ]);
      const lost = data.lost.filter(({ scenario }) => names.has(scenario)).map(lostInWords);
      const notes = [...unproven, ...lost];
      list.replaceChildren(
        ...findings.map((finding) => findingElement(finding, data)),
        ...(notes.length > 0 ? [el('ul', { class: 'notes' }, ...notes.map((note) => el('li', {}, note)))] : []),
        ...(findings.length + notes.length === 0
          ? [el('p', { class: 'empty' }, names.size > 0 ? 'Nothing failed.' : 'No scenario is left by the filter.')]
          : []),
      );
    });
    return [list];
  },
};

const SEEDS_TOLD = 40;

function findingElement(finding: Finding, data: ReportData): HTMLElement {
  const { scenario, verdict, invariant, words, seeds, runs } = finding;
  const [first, ...more] = runs;
  const rest = seeds.slice(runs.length);
  return el(
    'article',
    { class: 'finding' },
    el(
      'h3',
      {},
      verdictShape(verdict),
      el('span', { class: 'name' }, scenario),
      verdict === 'nondeterministic' ? ' is not deterministic' : ` breaks ${invariant}`,
      el('span', { class: 'count' }, ` in ${count(seeds.length, 'run')}`),
    ),
    words === null ? undefined : el('p', { class: 'rule' }, words),
    ...(first === undefined ? [seedsElement(rest)] : [runElement(first, data)]),
    first === undefined || seeds.length === 1
      ? undefined
      : el(
          'details',
          {},
          el('summary', {}, `${count(seeds.length - 1, 'more run')} failed alike`),
          ...more.map((run) => runElement(run, data)),
          rest.length === 0 ? undefined : seedsElement(rest),
        ),
  );
}

/** Of runs that are not told in full. */
function seedsElement(seeds: readonly number[]): HTMLElement {
  const told = seeds.slice(0, SEEDS_TOLD).join(', ');
  const more = seeds.length > SEEDS_TOLD ? ` and ${whole(seeds.length - SEEDS_TOLD)} more` : '';
  return el('p', { class: 'soft' }, `Seeds ${told}${more}: the results file has their tokens.`);
}

function runElement({ seed, token, violation }: FailedRun, data: ReportData): HTMLElement {
  const timeline = data.timelines[token];
  const rows: readonly (readonly [string, readonly (Node | string)[]])[] = [
    ...(violation === null
      ? [['Seen', ['Played twice, it was not the same run.']] as const]
      : [
          ['Seen', [violation.detail]] as const,
          [
            'When',
            [`${(violation.at / 1_000_000).toFixed(6)} s${violation.subject === '' ? '' : `, ${violation.subject}`}`],
          ] as const,
          ['Faults', [faultList(violation.faults)]] as const,
          ...(violation.others > 0
            ? [['Besides', [`${count(violation.others, 'more violation')} in this run`]] as const]
            : []),
        ]),
    ['Replay', [replay(token, data.files)]],
    ...(timeline === undefined
      ? []
      : [['Timeline', [el('a', { href: timeline }, 'what happened, node by node')]] as const]),
  ];
  return el(
    'div',
    { class: 'run', id: token, tabindex: -1 },
    el('h4', {}, `Seed ${whole(seed)}`),
    el('dl', {}, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, ...value)])),
  );
}

function faultList(faults: readonly string[]): Node | string {
  return faults.length === 0 ? 'none in force' : el('ul', {}, ...faults.map((fault) => el('li', {}, fault)));
}
