import './timeline.css';
import { byId, el } from '../dom.ts';
import { onThemeChange } from '../theme.ts';
import { readColours } from './colours.ts';
import { Faults } from './faults.ts';
import { FilterBar } from './filter-bar.ts';
import { head } from './head.ts';
import { keysInWords, listenForKeys } from './keys.ts';
import { Lanes } from './lanes.ts';
import { legend } from './legend.ts';
import { List } from './list.ts';
import { loadTimeline } from './load.ts';
import { Model } from './model.ts';
import { Overview } from './overview.ts';
import { tabs } from './tabs.ts';
import { View } from './view.ts';
import { Why } from './why.ts';

/** Browsers refuse more changes of the address than a few per second. */
const ADDRESS_AFTER_MS = 300;

async function main(): Promise<void> {
  const page = byId('page');
  page.className = 'timeline';
  page.append(el('p', { class: 'soft loading' }, 'Unpacking the run …'));
  const model = new Model(await loadTimeline());
  const view = new View(model);

  const counted = el('span', { class: 'soft' });
  const messages = el('span', { class: 'soft', id: 'messages' });
  const overview = new Overview(model, view);
  const lanes = new Lanes(model, view, (text) => (messages.textContent = text));
  const list = new List(model, view, (text) => (counted.textContent = text));
  const why = new Why(model, view);
  const faults = new Faults(model, view);
  const filters = new FilterBar(model, view);

  const aside = el(
    'aside',
    {},
    tabs([
      { title: 'Events', panels: [list.element, why.element], beside: counted },
      { title: `Faults ${model.spans.length}`, panels: [faults.element] },
    ]),
    list.element,
    why.element,
    faults.element,
  );
  page.replaceChildren(
    ...head(model, view),
    el('div', { class: 'tools' }, filters.element, el('span', { class: 'stretch' }), messages, keysInWords()),
    el('main', {}, el('div', { class: 'stage' }, overview.element, lanes.element, legend(model)), aside),
  );

  let colours = readColours();
  let recoloured = true;
  const paint = (): void => {
    lanes.paint(colours);
    overview.paint(lanes.left, colours, recoloured);
    recoloured = false;
  };
  onThemeChange(() => {
    colours = readColours();
    recoloured = true;
    view.repaint();
  });
  new ResizeObserver(() => {
    view.repaint();
    list.paint();
  }).observe(lanes.element);

  let written = location.hash;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const writeAddress = (): void => {
    waiting = undefined;
    written = view.address();
    history.replaceState(null, '', written === '#' ? location.pathname + location.search : written);
  };
  view.onChange((changes) => {
    // It takes room from the list.
    if (changes.has('selection')) why.show();
    if (changes.has('filter')) {
      filters.show();
      list.filter();
    } else if (changes.has('selection') || changes.has('cursor') || changes.has('window')) list.follow();
    if (changes.has('hover')) faults.mark(view.fault);
    paint();
    if (changes.size > 1 || !changes.has('hover')) waiting ??= setTimeout(writeAddress, ADDRESS_AFTER_MS);
  });
  addEventListener('hashchange', () => {
    if (location.hash !== written) view.follow(location.hash);
  });
  listenForKeys({ model, view, list, why, filters });
  view.follow(location.hash);
}

main().catch((error: unknown) => {
  byId('page').replaceChildren(el('p', { class: 'notice' }, `This timeline cannot be shown: ${String(error)}`));
  throw error;
});
