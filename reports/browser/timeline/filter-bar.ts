import { el } from '../dom.ts';
import { kindColour, kindGroups } from './kinds.ts';
import type { Model } from './model.ts';
import type { View } from './view.ts';

/** What to look for: a text, nodes, kinds of events. */
export class FilterBar {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #view: View;
  readonly #text: HTMLInputElement;
  readonly #nodes: HTMLInputElement;
  readonly #summary = el('summary', {});
  readonly #boxes: readonly HTMLInputElement[];
  readonly #clear: HTMLButtonElement;

  constructor(model: Model, view: View) {
    this.#model = model;
    this.#view = view;
    const hosts = model.lanes.map(({ name }) => el('option', { value: name }));
    this.#text = el('input', {
      type: 'search',
      id: 'text',
      placeholder: 'search  /',
      'aria-label': 'Search the events',
    });
    this.#nodes = el('input', {
      type: 'search',
      id: 'nodes',
      placeholder: 'all nodes',
      list: 'names',
      'aria-label': 'Nodes, separated by commas',
    });
    this.#clear = el('button', { type: 'button', class: 'quiet' }, 'Clear');
    const groups = kindGroups(model.timeline.kinds);
    const counts = countKinds(model);
    this.#boxes = groups.flatMap(({ kinds }) => kinds.map((kind) => el('input', { type: 'checkbox', value: kind })));
    const menu = el(
      'div',
      { class: 'menu' },
      ...groups.map(({ title, kinds }) =>
        el(
          'fieldset',
          {},
          el('legend', {}, title),
          ...kinds.map((kind) =>
            el(
              'label',
              {},
              this.#boxes.find(({ value }) => value === kind)!,
              el('i', { class: `dot ${kindColour(kind)}` }),
              kind,
              el('small', {}, (counts.get(kind) ?? 0).toLocaleString('en')),
            ),
          ),
        ),
      ),
    );
    const kinds = el('details', { class: 'kinds' }, this.#summary, menu);
    document.addEventListener('pointerdown', ({ target }) => {
      if (!kinds.contains(target as Node)) kinds.open = false;
    });
    this.element = el(
      'div',
      { class: 'filter-bar', role: 'search' },
      this.#text,
      this.#nodes,
      el('datalist', { id: 'names' }, ...hosts),
      kinds,
      this.#clear,
    );
    this.#listen();
  }

  focus(): void {
    this.#text.focus();
    this.#text.select();
  }

  /** Shows what the view filters by. */
  show(): void {
    const { text, nodes, kinds } = this.#view;
    if (document.activeElement !== this.#text) this.#text.value = text;
    if (document.activeElement !== this.#nodes) this.#nodes.value = nodes.join(',');
    const chosen = kinds.length === 0 ? this.#usual() : kinds;
    for (const box of this.#boxes) box.checked = chosen.includes(box.value);
    this.#summary.textContent =
      kinds.length === 0 ? 'usual kinds' : kinds.length <= 2 ? kinds.join(', ') : `${kinds.length} kinds`;
    this.#clear.hidden = text === '' && nodes.length === 0 && kinds.length === 0;
  }

  #usual(): string[] {
    return this.#model.timeline.kinds.filter((_, kind) => this.#model.usual[kind]).map(({ name }) => name);
  }

  #listen(): void {
    const view = this.#view;
    const names = new Set(this.#model.timeline.names);
    this.#text.addEventListener('input', () => view.filter({ text: this.#text.value.trim() }));
    this.#nodes.addEventListener('input', () => {
      const typed = this.#nodes.value.split(',').map((name) => name.trim());
      view.filter({ nodes: typed.filter((name) => name !== '' && names.has(name)) });
    });
    for (const box of this.#boxes) {
      box.addEventListener('change', () => {
        const kinds = this.#boxes.filter(({ checked }) => checked).map(({ value }) => value);
        const usual = this.#usual();
        const isUsual = kinds.length === usual.length && kinds.every((kind) => usual.includes(kind));
        view.filter({ kinds: isUsual ? [] : kinds });
      });
    }
    this.#clear.addEventListener('click', () => view.filter({ text: '', nodes: [], kinds: [] }));
    for (const input of [this.#text, this.#nodes]) {
      input.addEventListener('keydown', (event) => {
        if (event.key === 'Escape' || event.key === 'Enter') input.blur();
      });
    }
  }
}

function countKinds({ timeline: { rows, kinds } }: Model): Map<string, number> {
  const counts = kinds.map(() => 0);
  for (const kind of rows.kind) counts[kind] = (counts[kind] as number) + 1;
  const byName = new Map<string, number>();
  kinds.forEach(({ name }, kind) => byName.set(name, (byName.get(name) ?? 0) + (counts[kind] as number)));
  return byName;
}
