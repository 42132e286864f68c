import { el } from '../dom.ts';

interface Tab {
  readonly title: string;
  readonly panels: readonly HTMLElement[];
  readonly beside?: HTMLElement;
}

/** One of several lists at a time. A panel that hides itself stays hidden. */
export function tabs(all: readonly Tab[]): HTMLElement {
  const buttons = all.map(({ title }) => el('button', { type: 'button', role: 'tab' }, title));
  const show = (chosen: number): void => {
    all.forEach(({ panels, beside }, tab) => {
      buttons[tab]!.setAttribute('aria-selected', String(tab === chosen));
      for (const panel of panels) panel.classList.toggle('away', tab !== chosen);
      beside?.classList.toggle('away', tab !== chosen);
    });
  };
  buttons.forEach((button, tab) => button.addEventListener('click', () => show(tab)));
  show(0);
  return el('div', { class: 'tabs', role: 'tablist' }, ...buttons, ...all.map(({ beside }) => beside));
}
