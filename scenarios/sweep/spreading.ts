import { presets } from '../../core/membership/settings.ts';
import { type Micros, SECOND } from '../../core/ports/clock.ts';
import { State } from '../../core/wire/messages.ts';
import { formedWorld, memberName } from '../experiments/formed-world.ts';
import type { SpreadingPlace, SpreadingRun } from './result.ts';
import { sweepOf } from './sweep.ts';

/** What the members say of themselves at their start is told by then. */
const CHANGE_AT = 10 * SECOND;
const CRASH_AT = 20 * SECOND;
/** Four times as long as a thousand members of `lan` take. */
const END = 80 * SECOND;

const TELLER = memberName(0);
const VICTIM = memberName(1);

/** One member changes its metadata, and later another one crashes: when who knew. */
export function spread({ preset, size }: SpreadingPlace, seed: number): SpreadingRun {
  const knew = new Set<string>();
  const knownAt: Micros[] = [];
  const missed = new Set<string>();
  let suspected: Micros | null = null;
  let firstDetection: Micros | null = null;
  let detection: Micros | null = null;
  const world = formedWorld({
    seed: `sweep/spreading ${preset} ${size} ${seed}`,
    size,
    settings: presets[preset],
    duration: END,
    faults: [
      { id: 'change', at: CHANGE_AT, kind: 'command', hosts: [TELLER], command: 'update', argument: 'changed' },
      { id: 'crash', at: CRASH_AT, kind: 'crash', hosts: [VICTIM] },
    ],
    onEvent(host, event, now) {
      if (event.type !== 'transition') return;
      if (event.subject === TELLER && event.meta.length > 0 && !knew.has(host.name)) {
        knew.add(host.name);
        knownAt.push(now - CHANGE_AT);
      }
      if (event.subject !== VICTIM || now < CRASH_AT) return;
      if (event.to === State.suspect) suspected ??= now - CRASH_AT;
      if (event.to !== State.dead) return;
      firstDetection ??= now - CRASH_AT;
      missed.add(host.name);
      if (missed.size === size - 1) detection ??= now - CRASH_AT;
    },
  });
  for (let at = CRASH_AT; at <= END && (detection === null || knownAt.length < size); at += SECOND) world.runUntil(at);
  const knownTo = (share: number): Micros | null => knownAt[Math.ceil(size * share) - 1] ?? null;
  return {
    knownToHalf: knownTo(0.5),
    knownTo99: knownTo(0.99),
    knownToAll: knownTo(1),
    suspected,
    firstDetection,
    detection,
  };
}

/** A cluster with something to tell takes about twice the time of one at rest. */
const COST_OF_NEWS = 2;

export const spreadingSweep = sweepOf(
  'sweep/spreading',
  ({ size }: SpreadingPlace) => (COST_OF_NEWS * size * CRASH_AT) / SECOND,
  spread,
);
