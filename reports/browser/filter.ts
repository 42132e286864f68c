import type { ScenarioData } from '../html/data.ts';
import { el } from './dom.ts';

/** Which scenarios the page shows, chosen by name and verdict. */
export class Filter {
  readonly element: HTMLElement;
  readonly #scenarios: readonly ScenarioData[];
  readonly #listeners: (() => void)[] = [];
  readonly #name = el('input', {
    type: 'search',
    id: 'filter-name',
    placeholder: 'part of a name',
    spellcheck: 'false',
  });
  readonly #verdict = el(
    'select',
    { id: 'filter-verdict' },
    el('option', { value: '' }, 'any'),
    el('option', { value: 'pass' }, 'passed'),
    el('option', { value: 'fail' }, 'failed'),
    el('option', { value: 'nondeterministic' }, 'not deterministic'),
  );
  readonly #shown = el('output', { for: 'filter-name filter-verdict' });

  constructor(scenarios: readonly ScenarioData[]) {
    this.#scenarios = scenarios;
    for (const control of [this.#name, this.#verdict]) control.addEventListener('input', () => this.#changed());
    this.element = el(
      'form',
      {
        class: 'filter',
        role: 'search',
        'aria-label': 'Filter scenarios',
        onsubmit: (event) => event.preventDefault(),
      },
      el('label', {}, 'Scenarios', this.#name),
      el('label', {}, 'Verdict', this.#verdict),
      this.#shown,
    );
    this.#tell();
  }

  /** The scenarios to show. */
  get scenarios(): readonly ScenarioData[] {
    const part = this.#name.value.trim().toLowerCase();
    const verdict = this.#verdict.value;
    return this.#scenarios.filter(
      (one) => one.scenario.toLowerCase().includes(part) && (verdict === '' || one.verdict === verdict),
    );
  }

  /** Called at once, and whenever the choice changes. */
  follow(listener: (scenarios: readonly ScenarioData[]) => void): void {
    this.#listeners.push(() => listener(this.scenarios));
    listener(this.scenarios);
  }

  /** Back to everything: what a link leads to must be visible. */
  clear(): void {
    this.#name.value = '';
    this.#verdict.value = '';
    this.#changed();
  }

  #changed(): void {
    this.#tell();
    for (const listener of this.#listeners) listener();
  }

  #tell(): void {
    this.#shown.textContent = `${this.scenarios.length} of ${this.#scenarios.length} shown`;
  }
}
