import type { RowKind } from '../../../scenarios/timeline/timeline.ts';
import type { ColourName } from './colours.ts';

const COLOURS: Readonly<Record<string, ColourName>> = {
  alive: 'alive',
  joined: 'alive',
  suspect: 'suspected',
  dead: 'dead-all',
  left: 'left',
  forgotten: 'left',
  self: 'up',
  health: 'unwell',
  refuted: 'series-0',
  fault: 'fault',
  boot: 'series-2',
  crash: 'dead-all',
  pause: 'paused',
  resume: 'up',
  leaving: 'leaving',
  stopped: 'leaving',
  command: 'series-6',
  send: 'message',
  'stream-send': 'stream',
  lost: 'lost',
};

/** For what programs of one's own tell. */
const OTHERS: readonly ColourName[] = ['series-0', 'series-3', 'series-4', 'series-6', 'series-2'];

/** Colours only repeat what words say, so two kinds may share one. */
export function kindColour(kind: string): ColourName {
  return COLOURS[kind] ?? OTHERS[[...kind].reduce((sum, char) => sum + char.charCodeAt(0), 0) % OTHERS.length]!;
}

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  [
    'What nodes believe',
    ['joined', 'alive', 'suspect', 'dead', 'left', 'forgotten', 'refuted', 'self', 'health', 'conflict'],
  ],
  ['What is done to them', ['fault', 'boot', 'crash', 'pause', 'resume', 'command']],
  ['Messages', ['send', 'lost', 'stream-send', 'connect', 'open', 'stream-close']],
  ['Routine', ['probe', 'inserted', 'push-pull', 'broadcast', 'message', 'joining', 'leaving', 'stopped']],
];
const REST = 'What programs tell';

/** The kinds of a run in groups; what a program of one's own tells comes first. */
export function kindGroups(kinds: readonly RowKind[]): { title: string; kinds: string[] }[] {
  const names = [...new Set(kinds.map(({ name }) => name))];
  const known = new Set(GROUPS.flatMap(([, group]) => group));
  return [
    { title: REST, kinds: names.filter((name) => !known.has(name)) },
    ...GROUPS.map(([title, group]) => ({ title, kinds: group.filter((name) => names.includes(name)) })),
  ].filter((group) => group.kinds.length > 0);
}
