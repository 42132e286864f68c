import type { Micros } from '../../core/ports/clock.ts';
import { MILLISECOND } from '../../core/ports/clock.ts';
import { onlyKept } from './only-kept.ts';
import type { RowKind, Rows, Timeline } from './timeline.ts';

/** Rows of these kinds are left out when there are too many; beliefs and health need every row of the others. */
const THINNED: ReadonlySet<string> = new Set([
  'send',
  'lost',
  'stream-send',
  'probe',
  'inserted',
  'push-pull',
  'broadcast',
  'connect',
  'open',
  'stream-close',
]);

/** What moves a whole cluster: messages near it are worth more than others. */
const MOMENTOUS: ReadonlySet<string> = new Set([
  'fault',
  'boot',
  'crash',
  'pause',
  'resume',
  'command',
  'leaving',
  'stopped',
]);

/** How many steps back from an event are kept with it. */
const STEPS_BACK = 3;
/** Steps back have the first rank, then each doubling of the distance from a moment one more. */
const RANKS = 34;

/**
 * The same run with at most about so many rows of routine, messages included: first what led to something, then what
 * happened near a fault, a boot, a crash or the broken rule, then the rest, evenly.
 */
export function thinned(timeline: Timeline, most: number): Timeline {
  const { rows, kinds, totals } = timeline;
  const routine = kinds.map(({ name, family }) => family === 'message' || THINNED.has(name));
  const ranks = rankRoutine(timeline, routine);
  const counts = new Float64Array(RANKS);
  for (const rank of ranks) if (rank < RANKS) counts[rank] = (counts[rank] as number) + 1;
  const shares = sharesOf(counts, most);
  const met = new Float64Array(RANKS);
  const kept = new Uint8Array(rows.at.length);
  for (let row = 0; row < kept.length; row++) {
    const rank = ranks[row] as number;
    if (rank === RANKS) {
      kept[row] = 1;
      continue;
    }
    const share = shares[rank] as number;
    const place = (met[rank] = (met[rank] as number) + 1);
    kept[row] = Math.floor(place * share) > Math.floor((place - 1) * share) ? 1 : 0;
  }
  const messagesOf = (number: number): boolean => kinds[number]?.family === 'message';
  let [messagesShown, routineShown] = [0, totals.routine];
  for (let row = 0; row < kept.length; row++) {
    const isMessage = messagesOf(rows.kind[row] as number);
    if (isMessage) messagesShown += kept[row] as number;
    else if (kept[row] === 0) routineShown--;
  }
  return { ...onlyKept(timeline, kept), totals: { ...totals, messagesShown, routineShown } };
}

/** By row: its rank, or RANKS for what always stays. */
function rankRoutine({ rows, kinds, run, broken }: Timeline, routine: readonly boolean[]): Uint8Array {
  const moments = momentsOf(rows, kinds, run.violation?.at);
  const ranks = new Uint8Array(rows.at.length);
  const steps = new Uint8Array(rows.at.length);
  let next = moments.length - 1;
  for (let row = rows.at.length - 1; row >= 0; row--) {
    const at = rows.at[row] as number;
    while (next >= 0 && (moments[next] as number) > at) next--;
    const before = next >= 0 ? at - (moments[next] as number) : Number.POSITIVE_INFINITY;
    const after = next + 1 < moments.length ? (moments[next + 1] as number) - at : Number.POSITIVE_INFINITY;
    const isRoutine = routine[rows.kind[row] as number] === true && row !== broken;
    const step = isRoutine ? (steps[row] as number) : STEPS_BACK + 1;
    if (step > 1) {
      const cause = rows.cause[row] as number;
      if (cause >= 0) steps[cause] = Math.max(steps[cause] as number, step - 1);
    }
    ranks[row] = !isRoutine ? RANKS : step > 0 ? 0 : rankOf(Math.min(before, after));
  }
  return ranks;
}

function rankOf(distance: Micros): number {
  return Math.min(RANKS - 1, 1 + Math.max(0, 32 - Math.clz32(Math.min(distance / MILLISECOND, 2 ** 31))));
}

function momentsOf(rows: Rows, kinds: readonly RowKind[], violated: Micros | undefined): Float64Array {
  const momentous = kinds.map(({ name, family }) => family === 'told' && MOMENTOUS.has(name));
  const moments: number[] = violated === undefined ? [] : [violated];
  for (let row = 0; row < rows.at.length; row++) {
    if (momentous[rows.kind[row] as number] === true) moments.push(rows.at[row] as number);
  }
  return Float64Array.from(moments).sort();
}

/** How much of each rank stays. */
function sharesOf(counts: Float64Array, most: number): Float64Array {
  let left = most;
  return counts.map((count) => {
    const share = count <= left ? 1 : Math.max(0, left) / count;
    left -= count;
    return share;
  });
}
