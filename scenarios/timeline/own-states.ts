import type { Micros } from '../../core/ports/clock.ts';
import { type Timeline, unpackChange } from './timeline.ts';

/** What a node is to itself, whatever others believe. */
export const OWN_STATES = ['down', 'up', 'paused', 'leaving', 'left'] as const;
export type OwnState = (typeof OWN_STATES)[number];

/** From `at` on, until the next one. */
export interface OwnSpell {
  readonly at: Micros;
  readonly state: OwnState;
  /** Local health: 0 is well, each point is a doubt more. */
  readonly health: number;
}

/** As `packChange` numbers beliefs. */
const ALIVE = 1;

interface Life {
  up: boolean;
  paused: boolean;
  goodbye: 'leaving' | 'left' | undefined;
  health: number;
}

/** By host of the topology, in order of time. */
export function ownStates({ rows, kinds, told, transitions, hosts }: Timeline): OwnSpell[][] {
  const lives = Array.from({ length: hosts }, (): Life => ({
    up: false,
    paused: false,
    goodbye: undefined,
    health: 0,
  }));
  const spells = lives.map((): OwnSpell[] => [{ at: 0, state: 'down', health: 0 }]);
  for (let row = 0; row < rows.at.length; row++) {
    const { family, name } = kinds[rows.kind[row] as number]!;
    const host = (rows.host[row] as number) - 1;
    const life = lives[host];
    if (life === undefined || family === 'message') continue;
    const place = rows.place[row] as number;
    if (family === 'transition') {
      // It speaks of itself as alive: it is back.
      const { after } = unpackChange(transitions.change[place] as number);
      if (name !== 'self' || life.goodbye === undefined || after !== ALIVE) continue;
      life.goodbye = undefined;
    } else if (!moves(life, name, told.value[place] as number)) continue;
    note(spells[host]!, rows.at[row] as number, life);
  }
  return spells;
}

export function ownStateAt(spells: readonly OwnSpell[], at: Micros): OwnSpell {
  let [low, high] = [0, spells.length];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (spells[middle]!.at <= at) low = middle;
    else high = middle;
  }
  return spells[low]!;
}

function moves(life: Life, kind: string, value: number): boolean {
  switch (kind) {
    case 'boot':
      Object.assign(life, { up: true, paused: false, goodbye: undefined, health: 0 });
      return true;
    case 'crash':
      Object.assign(life, { up: false, paused: false, goodbye: undefined, health: 0 });
      return true;
    case 'pause':
    case 'resume':
      life.paused = kind === 'pause';
      return true;
    case 'leaving':
      life.goodbye = 'leaving';
      return true;
    case 'stopped':
      life.goodbye = 'left';
      return true;
    case 'health':
      life.health = value;
      return true;
    default:
      return false;
  }
}

function note(spells: OwnSpell[], at: Micros, { up, paused, goodbye, health }: Life): void {
  const state = !up ? 'down' : paused ? 'paused' : (goodbye ?? 'up');
  const last = spells[spells.length - 1]!;
  if (last.state === state && last.health === health) return;
  if (last.at === at) spells.pop();
  spells.push({ at, state, health });
}
