import { EVENTS_PER_BLOCK, type EventRange, type Trace, type TraceRecord } from './trace.ts';

/** Where two runs part. */
export interface TraceDifference {
  /** The first block of events that differs: play both runs again with `keep` set to it to learn the event. */
  readonly within: EventRange;
  /** Known when both traces kept that block; a side is undefined when its run was already over. */
  readonly event?: number;
  readonly left?: TraceRecord | undefined;
  readonly right?: TraceRecord | undefined;
}

/** The rolling hashes of a trace, small enough to keep for every run. */
export type Landmarks = readonly string[];

export function landmarksOf(trace: Trace): Landmarks {
  return [...Array.from({ length: trace.blocks }, (_, block) => trace.blockHash(block)), trace.hash];
}

/** Compares two runs, however long, by their hashes: undefined when they are the same. */
export function firstDifference(left: Trace, right: Trace): TraceDifference | undefined {
  if (left.hash === right.hash && left.events === right.events) return undefined;
  const within = differingBlock(landmarksOf(left), landmarksOf(right));
  return differenceWithin(within, keptWithin(left, within), keptWithin(right, within));
}

/** The block of events in which two runs part. By bisection: once two rolling hashes differ, they stay different. */
export function differingBlock(left: Landmarks, right: Landmarks): EventRange {
  let equal = 0;
  let differing = Math.min(left.length, right.length) - 1;
  while (equal < differing) {
    const middle = (equal + differing) >>> 1;
    if (left[middle] === right[middle]) equal = middle + 1;
    else differing = middle;
  }
  return { from: equal * EVENTS_PER_BLOCK, to: (equal + 1) * EVENTS_PER_BLOCK };
}

/** Compares what two runs kept of one block. */
export function differenceWithin(
  within: EventRange,
  left: readonly TraceRecord[],
  right: readonly TraceRecord[],
): TraceDifference {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    if (identity(left[index]) !== identity(right[index])) {
      return { within, event: within.from + index, left: left[index], right: right[index] };
    }
  }
  return { within };
}

function keptWithin(trace: Trace, { from, to }: EventRange): TraceRecord[] {
  return trace.kept.filter(({ event }) => event >= from && event < to);
}

/** What enters the hash. Parts do so by the digest: those of encoded messages are not described again on delivery. */
function identity(record: TraceRecord | undefined): string {
  if (record === undefined) return '';
  const { at, kind, host, peer, size, detail, digest } = record;
  return JSON.stringify([at, kind, host, peer, size, detail, digest]);
}
