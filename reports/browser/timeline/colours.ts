import { el } from '../dom.ts';

const NAMES = [
  'ground',
  'raised',
  'ink',
  'ink-soft',
  'line',
  'line-strong',
  'accent',
  'accent-ground',
  'fail',
  'alive',
  'left',
  'suspected',
  'dead-some',
  'dead-all',
  'up',
  'paused',
  'leaving',
  'unwell',
  'message',
  'stream',
  'lost',
  'fault',
  'fault-other',
  'series-0',
  'series-2',
  'series-3',
  'series-4',
  'series-6',
] as const;
export type ColourName = (typeof NAMES)[number];
export type Colours = Readonly<Record<ColourName, string>>;

/** The style sheet's colours as a canvas takes them: of each pair the one that holds now. */
export function readColours(): Colours {
  const probe = el('span', { hidden: true });
  document.body.append(probe);
  const colours = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(colours) as Record<ColourName, string>;
}
