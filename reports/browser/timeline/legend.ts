import { el } from '../dom.ts';
import type { ColourName } from './colours.ts';
import type { Model } from './model.ts';

const BELIEFS: readonly (readonly [ColourName, string])[] = [
  ['alive', 'held alive'],
  ['suspected', 'suspected by some'],
  ['dead-some', 'dead to some'],
  ['dead-all', 'dead to all'],
  ['left', 'left'],
];
const OWN: readonly (readonly [ColourName, string])[] = [
  ['up', 'itself: up'],
  ['unwell', 'doubts its health'],
  ['paused', 'paused'],
  ['leaving', 'leaving'],
];
const REST: readonly (readonly [ColourName, string])[] = [
  ['fault', 'fault'],
  ['message', 'message'],
  ['lost', 'lost message'],
];

/** What the colours mean. */
export function legend({ hasBeliefs }: Model): HTMLElement {
  const own = hasBeliefs
    ? OWN
    : ([
        ['alive', 'up'],
        ['paused', 'paused'],
      ] as const);
  return el(
    'ul',
    { class: 'legend' },
    ...[...(hasBeliefs ? BELIEFS : []), ...own, ...REST].map(([colour, words]) =>
      el('li', {}, el('i', { class: `dot ${colour}` }), words),
    ),
  );
}
