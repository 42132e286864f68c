import type { EventRange, Trace, TraceRecord } from '../simulator/trace.ts';
import { EVENTS_PER_BLOCK } from '../simulator/trace.ts';

/** The first event at which two runs part; a side is undefined when its run was already over. */
export interface Difference {
  readonly event: number;
  readonly first: TraceRecord | undefined;
  readonly second: TraceRecord | undefined;
}

/** The rolling hashes of a trace, small enough to keep for every run. */
export type Landmarks = readonly string[];

export function landmarksOf(trace: Trace): Landmarks {
  return [...Array.from({ length: trace.blocks }, (_, block) => trace.blockHash(block)), trace.hash];
}

/** The block of events in which two runs part. By bisection: once two rolling hashes differ, they stay different. */
export function differingBlock(first: Landmarks, second: Landmarks): EventRange {
  let equal = 0;
  let differing = Math.min(first.length, second.length) - 1;
  while (equal < differing) {
    const middle = (equal + differing) >>> 1;
    if (first[middle] === second[middle]) equal = middle + 1;
    else differing = middle;
  }
  return { from: equal * EVENTS_PER_BLOCK, to: (equal + 1) * EVENTS_PER_BLOCK };
}

/** Compares what two runs kept of one block. */
export function firstDifference(
  first: readonly TraceRecord[],
  second: readonly TraceRecord[],
  { from }: EventRange,
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
