import { durationInWords, timeInWords } from '../../../scenarios/in-words.ts';
import type { Totals } from '../../../scenarios/timeline/timeline.ts';
import { el } from '../dom.ts';
import { pasteLine } from '../replay.ts';
import { themeSwitch } from '../theme.ts';
import { verdictMark } from '../verdict.ts';
import type { Model } from './model.ts';
import type { View } from './view.ts';

/** Which run this is, how it ended, and how to play it again. */
export function head(model: Model, view: View): HTMLElement[] {
  const { run, totals, hosts, broken } = model.timeline;
  const { violation } = run;
  return [
    el(
      'header',
      { class: 'title' },
      el('h1', {}, run.scenario, el('span', { class: 'version' }, `seed ${run.seed}`), verdictMark(run.verdict)),
      el('span', { class: 'soft facts' }, factsInWords(totals, hosts, durationInWords(run.played))),
      themeSwitch(),
    ),
    el(
      'div',
      { class: 'paste-lines' },
      el('span', { id: 'token' }, el('span', { class: 'soft' }, 'token '), pasteLine(run.token)),
      el('span', { id: 'replay' }, el('span', { class: 'soft' }, 'replay '), pasteLine(run.replay)),
    ),
    ...(violation === null
      ? []
      : [
          el(
            'div',
            { class: 'broken', role: 'alert' },
            el(
              'button',
              {
                type: 'button',
                class: 'quiet',
                onclick: () => {
                  const half = Math.min(3_000_000, model.end / 2);
                  view.show(violation.at - 1.6 * half, violation.at + 0.4 * half);
                  view.point(violation.at);
                  view.select(broken < 0 ? undefined : broken);
                },
              },
              `Broken at ${timeInWords(violation.at)}`,
            ),
            el('b', {}, violation.words),
            el('span', {}, violation.detail),
            el('code', {}, violation.invariant),
          ),
        ]),
    ...(run.remark === '' ? [] : [el('p', { class: 'notice cut' }, run.remark)]),
    ...leftOut(totals),
  ];
}

function factsInWords({ events, messages, lost }: Totals, hosts: number, played: string): string {
  const of = (count: number): string => count.toLocaleString('en');
  return `${of(hosts)} hosts, ${played}, ${of(events)} events, ${of(messages)} messages, ${of(lost)} lost`;
}

/** A page that shows less than happened says so. */
function leftOut({ messages, messagesShown, routine, routineShown }: Totals): HTMLElement[] {
  const told = [
    [messagesShown, messages, 'messages'],
    [routineShown, routine, 'routine events'],
  ] as const;
  const cut = told.filter(([shown, all]) => shown < all);
  if (cut.length === 0) return [];
  const words = cut.map(([shown, all, what]) => `${shown.toLocaleString('en')} of ${all.toLocaleString('en')} ${what}`);
  return [
    el(
      'p',
      { class: 'notice cut' },
      `To keep this file small it shows ${words.join(' and ')}: those that led to something, and those near a fault, a boot, a crash or the broken rule. Everything else is complete.`,
    ),
  ];
}
