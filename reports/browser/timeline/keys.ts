import { el } from '../dom.ts';
import type { FilterBar } from './filter-bar.ts';
import type { List } from './list.ts';
import type { Model } from './model.ts';
import type { View } from './view.ts';
import type { Why } from './why.ts';

interface Parts {
  readonly model: Model;
  readonly view: View;
  readonly list: List;
  readonly why: Why;
  readonly filters: FilterBar;
}

type Act = (parts: Parts) => void;

const KEYS: readonly { readonly keys: readonly string[]; readonly words: string; readonly act: Act }[] = [
  { keys: ['ArrowLeft'], words: 'earlier', act: ({ view }) => view.pan(-0.1) },
  { keys: ['ArrowRight'], words: 'later', act: ({ view }) => view.pan(0.1) },
  { keys: ['ArrowUp'], words: 'the event before', act: ({ list }) => list.step(-1) },
  { keys: ['ArrowDown'], words: 'the next event', act: ({ list }) => list.step(1) },
  { keys: ['w', 'Backspace'], words: 'why: what led to it', act: ({ why }) => why.back() },
  { keys: ['+', '='], words: 'zoom in', act: ({ view }) => view.zoom(0.5) },
  { keys: ['-', '_'], words: 'zoom out', act: ({ view }) => view.zoom(2) },
  { keys: ['0'], words: 'the whole run', act: ({ view, model }) => view.show(0, model.end) },
  { keys: ['Home'], words: 'to the beginning', act: ({ view }) => view.show(0, view.to - view.from) },
  {
    keys: ['End'],
    words: 'to the end',
    act: ({ view, model }) => view.show(model.end - (view.to - view.from), model.end),
  },
  { keys: ['/'], words: 'search', act: ({ filters }) => filters.focus() },
  {
    keys: ['Escape'],
    words: 'let go of the event, then of the cursor',
    act: ({ view }) => (view.row === undefined ? view.point(undefined) : view.select(undefined)),
  },
];

export function listenForKeys(parts: Parts): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement && event.target.type !== 'checkbox') return;
    const known = KEYS.find(({ keys }) => keys.includes(event.key));
    if (known === undefined) return;
    event.preventDefault();
    known.act(parts);
  });
}

export function keysInWords(): HTMLElement {
  return el(
    'details',
    { class: 'help' },
    el('summary', {}, 'Keys'),
    el(
      'dl',
      { class: 'menu' },
      ...KEYS.flatMap(({ keys, words }) => [
        el('dt', {}, el('kbd', {}, NAMES[keys[0]!] ?? keys[0]!)),
        el('dd', {}, words),
      ]),
      el('dt', {}, 'drag'),
      el('dd', {}, 'move'),
      el('dt', {}, 'wheel, Ctrl + wheel, pinch'),
      el('dd', {}, 'zoom'),
      el('dt', {}, 'a name'),
      el('dd', {}, 'only that node'),
    ),
  );
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};
