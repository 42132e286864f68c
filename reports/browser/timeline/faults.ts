import { timeInWords } from '../../../scenarios/in-words.ts';
import { el } from '../dom.ts';
import type { Model } from './model.ts';
import type { View } from './view.ts';

/** All faults of the schedule in words; the one that is pointed at stands out on the lanes. */
export class Faults {
  readonly element: HTMLElement;
  readonly #entries: readonly HTMLElement[];

  constructor(model: Model, view: View) {
    this.#entries = model.spans.map(({ fault, from, to, words, struck }, number) => {
      const until = to > from ? ` until ${timeInWords(to)}` : '';
      const entry = el(
        'button',
        { type: 'button', class: 'told', title: struck ? 'it had an effect' : 'it had no effect' },
        el('time', {}, timeInWords(from)),
        el('span', {}, `${words}${until}`),
        el('code', {}, fault.id),
        struck ? undefined : el('em', {}, from > model.end ? 'never came' : 'no effect'),
      );
      entry.addEventListener('pointerenter', () => view.highlight(number));
      entry.addEventListener('pointerleave', () => view.highlight(undefined));
      entry.addEventListener('focus', () => view.highlight(number));
      entry.addEventListener('blur', () => view.highlight(undefined));
      entry.addEventListener('click', () => {
        const margin = Math.max((to - from) * 0.25, 500_000);
        view.show(from - margin, to + margin);
        view.point(from);
      });
      return entry;
    });
    this.element = el('div', { class: 'faults' }, ...this.#entries);
  }

  mark(fault: number | undefined): void {
    this.#entries.forEach((entry, number) => entry.classList.toggle('marked', number === fault));
  }
}
