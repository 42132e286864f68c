import type { Trace, TraceRecord } from '../simulator/trace.ts';
import { EVENTS_PER_BLOCK } from '../simulator/trace.ts';
import type { PlayOptions, Played } from './play.ts';
import { playWorld } from './play.ts';
import type { Scenario } from './scenario.ts';

/** The first event at which two runs part; a side is undefined when its run was already over. */
export interface Difference {
  readonly event: number;
  readonly first: TraceRecord | undefined;
  readonly second: TraceRecord | undefined;
}

/** A difference that comes and goes may hide from the pair of runs that looks for it. */
const ATTEMPTS = 3;

/** Plays a run twice, in the given ways, until the first event that differs is known. */
export async function findDifference(
  scenario: Scenario,
  seed: number,
  ways: readonly [PlayOptions, PlayOptions],
): Promise<Difference | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const block = firstDifferentBlock(...(await playBoth(scenario, seed, ways)));
    if (block === undefined) continue;
    const keep = { from: block * EVENTS_PER_BLOCK, to: (block + 1) * EVENTS_PER_BLOCK };
    const kept = await playBoth(scenario, seed, [
      { ...ways[0], keep },
      { ...ways[1], keep },
    ]);
    const difference = firstDifferentRecord(kept[0].kept, kept[1].kept, keep.from);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

async function playBoth(
  scenario: Scenario,
  seed: number,
  ways: readonly [PlayOptions, PlayOptions],
): Promise<[Trace, Trace]> {
  const trace = ({ world }: Played) => world.trace;
  return [trace(await playWorld(scenario, seed, ways[0])), trace(await playWorld(scenario, seed, ways[1]))];
}

/** By bisection: once two rolling hashes differ, they stay different. */
function firstDifferentBlock(a: Trace, b: Trace): number | undefined {
  if (a.hash === b.hash && a.events === b.events) return undefined;
  let equal = 0;
  let differing = Math.min(a.blocks, b.blocks);
  while (equal < differing) {
    const middle = (equal + differing) >>> 1;
    if (a.blockHash(middle) === b.blockHash(middle)) equal = middle + 1;
    else differing = middle;
  }
  return equal;
}

function firstDifferentRecord(
  first: readonly TraceRecord[],
  second: readonly TraceRecord[],
  from: number,
): Difference | undefined {
  for (let index = 0; index < Math.max(first.length, second.length); index += 1) {
    if (identityOf(first[index]) !== identityOf(second[index])) {
      return { event: from + index, first: first[index], second: second[index] };
    }
  }
  return undefined;
}

/** What enters the hash. */
function identityOf(record: TraceRecord | undefined): string {
  if (record === undefined) return '';
  const { at, kind, host, peer, size, detail, parts } = record;
  return JSON.stringify([at, kind, host, peer, size, detail, parts]);
}
