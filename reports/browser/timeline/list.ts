import { rowInWords } from '../../../scenarios/timeline/words.ts';
import { el } from '../dom.ts';
import { kindColour } from './kinds.ts';
import { matchingRows, withText } from './matching.ts';
import { lowerBound, type Model } from './model.ts';
import { timeInWords } from './scale.ts';
import type { View } from './view.ts';

const ROW_HEIGHT = 26;
/** Browsers end somewhere above this; longer lists scroll in larger steps. */
const TALLEST = 8_000_000;
const BEYOND = 4;

/** Every event in words, of which only those in sight exist. */
export class List {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #view: View;
  readonly #room = el('div', { class: 'room' });
  readonly #seen = el('div', { class: 'seen' });
  readonly #told: (text: string) => void;
  #rows: Int32Array = new Int32Array();
  /** Counts searches, so that an old one ends. */
  #search = 0;
  /** Scrolled by us: nobody asked for another time. */
  #placed = -1;

  constructor(model: Model, view: View, told: (text: string) => void) {
    this.#model = model;
    this.#view = view;
    this.#told = told;
    this.element = el(
      'div',
      { class: 'list', role: 'listbox', tabindex: 0, 'aria-label': 'Events' },
      this.#room,
      this.#seen,
    );
    this.element.addEventListener('scroll', () => this.#scrolled());
    this.element.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('[data-row]')?.dataset['row'];
      if (row !== undefined) view.select(Number(row));
    });
  }

  /** Looks for the rows anew. */
  filter(): void {
    const search = ++this.#search;
    const { text } = this.#view;
    const candidates = matchingRows(this.#model, this.#view);
    if (text === '') return this.#show(candidates, true);
    withText(this.#model, candidates, text, (rows, done) => {
      if (search !== this.#search) return false;
      this.#show(rows, done);
      return true;
    });
  }

  /** The row before or after the selected one, or the first in sight. */
  step(by: 1 | -1): void {
    const { row } = this.#view;
    const rows = this.#rows;
    if (rows.length === 0) return;
    const place = row === undefined ? this.#placeOf(this.#view.cursor ?? this.#view.from) : this.#placeOfRow(row) + by;
    this.#view.select(rows[Math.min(rows.length - 1, Math.max(0, place))]);
  }

  /** Follows the view: to the selected row, the cursor, or the beginning of what is in sight. */
  follow(): void {
    const { row, cursor, from } = this.#view;
    const place = row === undefined ? this.#placeOf(cursor ?? from) : this.#placeOfRow(row);
    const shown = this.#shown();
    if (place < this.#first() + 1 || place > this.#first() + shown - 2) this.#scrollTo(place - Math.floor(shown / 3));
    this.paint();
  }

  paint(): void {
    const first = Math.max(0, this.#first() - BEYOND);
    const last = Math.min(this.#rows.length, first + this.#shown() + 2 * BEYOND);
    const entries: HTMLElement[] = [];
    for (let place = first; place < last; place++) entries.push(this.#entry(this.#rows[place] as number));
    this.#seen.replaceChildren(...entries);
    const offset =
      this.#scale() === 1 ? first * ROW_HEIGHT : this.element.scrollTop - (this.#first() - first) * ROW_HEIGHT;
    this.#seen.style.transform = `translateY(${offset}px)`;
  }

  #entry(row: number): HTMLElement {
    const { timeline, usual } = this.#model;
    const { kind, host, words } = rowInWords(timeline, row);
    const selected = row === this.#view.row;
    const routine = usual[timeline.rows.kind[row] as number] !== true;
    return el(
      'div',
      {
        class: `event${routine ? ' routine' : ''}`,
        role: 'option',
        'aria-selected': String(selected),
        'data-row': row,
        'data-kind': kind,
        title: words,
      },
      el('time', {}, timeInWords(timeline.rows.at[row] as number)),
      el('i', { class: `dot ${kindColour(kind)}` }),
      el('b', {}, host === '' ? '·' : host),
      el('span', {}, words),
    );
  }

  #show(rows: Int32Array, done: boolean): void {
    this.#rows = rows;
    this.#room.style.height = `${Math.min(TALLEST, rows.length * ROW_HEIGHT)}px`;
    this.#told(
      `${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'event' : 'events'}${done ? '' : ' so far …'}`,
    );
    this.follow();
  }

  #scrolled(): void {
    this.paint();
    if (Math.abs(this.element.scrollTop - this.#placed) < 2) return;
    // Somebody scrolls: the lanes follow to the first event in sight.
    this.#placed = -1;
    const row = this.#rows[this.#first()];
    if (row === undefined) return;
    const at = this.#model.timeline.rows.at[row] as number;
    this.#view.point(at);
    this.#view.bring(at);
  }

  #scrollTo(place: number): void {
    const most = this.element.scrollHeight - this.element.clientHeight;
    const top = Math.round(Math.min(most, Math.max(0, (place * ROW_HEIGHT) / this.#scale())));
    this.#placed = top;
    this.element.scrollTop = top;
  }

  /** How many pixels of events one pixel of scrolling moves. */
  #scale(): number {
    return Math.max(1, (this.#rows.length * ROW_HEIGHT) / TALLEST);
  }

  #first(): number {
    return Math.floor((this.element.scrollTop * this.#scale()) / ROW_HEIGHT);
  }

  #shown(): number {
    return Math.ceil(this.element.clientHeight / ROW_HEIGHT);
  }

  #placeOf(time: number): number {
    return lowerBound(this.#rows, this.#model.timeline.rows.at, time);
  }

  /** Where a row stands, or would stand. */
  #placeOfRow(row: number): number {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle] as number) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
