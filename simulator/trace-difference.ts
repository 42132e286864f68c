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

/** Compares two runs, however long, by their hashes: undefined when they are the same. */
export function firstDifference(left: Trace, right: Trace): TraceDifference | undefined {
  if (left.hash === right.hash && left.events === right.events) return undefined;
  const block = firstDifferentBlock(left, right);
  const within = { from: block * EVENTS_PER_BLOCK, to: (block + 1) * EVENTS_PER_BLOCK };
  const ours = keptWithin(left, within);
  const theirs = keptWithin(right, within);
  for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
    if (identity(ours[index]) !== identity(theirs[index])) {
      return { within, event: within.from + index, left: ours[index], right: theirs[index] };
    }
  }
  return { within };
}

/** Rolling hashes that differ once differ ever after: what bisection needs. */
function firstDifferentBlock(left: Trace, right: Trace): number {
  let equal = 0;
  let different = Math.min(left.blocks, right.blocks);
  while (equal < different) {
    const middle = (equal + different) >>> 1;
    if (left.blockHash(middle) === right.blockHash(middle)) equal = middle + 1;
    else different = middle;
  }
  return equal;
}

function keptWithin(trace: Trace, { from, to }: EventRange): TraceRecord[] {
  return trace.kept.filter(({ event }) => event >= from && event < to);
}

function identity(record: TraceRecord | undefined): string {
  if (record === undefined) return '';
  const { at, kind, host, peer, size, detail, parts } = record;
  return JSON.stringify([at, kind, host, peer, size, detail, parts]);
}
