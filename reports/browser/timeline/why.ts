import { causesOf, type Step } from '../../../scenarios/timeline/causes.ts';
import { faultOfRow, rowInWords } from '../../../scenarios/timeline/words.ts';
import { el } from '../dom.ts';
import { kindColour } from './kinds.ts';
import type { Model } from './model.ts';
import { timeInWords } from './scale.ts';
import type { View } from './view.ts';

/** So many steps are told at once. */
const MOST_STEPS = 40;

const LINKS: Readonly<Record<Exclude<Step['link'], undefined>, string>> = {
  heard: 'because it heard',
  'timer since heard': 'a timer ran that was set when it heard',
  timer: 'a timer ran that was set when',
  'at once': 'at once, because',
};

/** What led to the selected event, step by step, back to a boot or a fault. */
export class Why {
  readonly element = el('section', { class: 'why', 'aria-live': 'polite', hidden: true });
  readonly #model: Model;
  readonly #view: View;

  constructor(model: Model, view: View) {
    this.#model = model;
    this.#view = view;
    this.element.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset['row'];
      if (row !== undefined) view.select(Number(row));
    });
  }

  /** One step back. */
  back(): void {
    const cause = this.#view.row === undefined ? -1 : (this.#model.timeline.rows.cause[this.#view.row] as number);
    if (cause >= 0) this.#view.select(cause);
  }

  show(): void {
    const { row } = this.#view;
    this.element.hidden = row === undefined;
    if (row === undefined) return;
    const steps = causesOf(this.#model.timeline, row);
    const told = steps.slice(0, MOST_STEPS);
    this.element.replaceChildren(
      el(
        'header',
        {},
        el('h2', {}, 'Why'),
        el('button', { type: 'button', class: 'quiet', onclick: () => this.#view.select(undefined) }, 'Close'),
      ),
      el('ol', {}, ...told.map((step, index) => this.#step(step, index))),
      ...(steps.length > told.length
        ? [el('p', { class: 'soft' }, `… and ${steps.length - told.length} steps more`)]
        : []),
    );
    this.element.scrollTop = 0;
  }

  #step({ row, link, beside, skipped }: Step, index: number): HTMLElement {
    return el(
      'li',
      index === 0 ? { class: 'first' } : {},
      this.#told(row, index === 0 ? 'the selected event' : 'a step back'),
      ...this.#fault(row),
      ...(beside.length === 0
        ? []
        : [el('div', { class: 'beside' }, 'and with it:', ...beside.map((other) => this.#told(other, 'beside it')))]),
      ...(skipped > 0 ? [el('p', { class: 'link' }, `and ${skipped} more like this before it`)] : []),
      ...(link === undefined ? [] : [el('p', { class: 'link' }, LINKS[link])]),
    );
  }

  #told(row: number, title: string): HTMLElement {
    const { timeline } = this.#model;
    const { kind, host, words } = rowInWords(timeline, row);
    return el(
      'button',
      { type: 'button', class: 'told', 'data-row': row, title },
      el('time', {}, timeInWords(timeline.rows.at[row] as number, 6)),
      el('i', { class: `dot ${kindColour(kind)}` }),
      el('b', {}, host),
      el('span', {}, words),
    );
  }

  /** The fault behind a lost message. */
  #fault(row: number): HTMLElement[] {
    const { timeline, spans } = this.#model;
    const fault = faultOfRow(timeline, row);
    const { family } = timeline.kinds[timeline.rows.kind[row] as number]!;
    const span = spans[fault];
    return family === 'message' && span !== undefined
      ? [el('p', { class: 'of-fault' }, `taken by a fault: ${span.words}`)]
      : [];
  }
}
