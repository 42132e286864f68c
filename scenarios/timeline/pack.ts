import { deflateRawSync } from 'node:zlib';
import { encodeTimeline } from './codec.ts';
import { thinned } from './thin.ts';
import type { Timeline } from './timeline.ts';

/** What a row of routine costs, compressed: the first guess at how many fit. */
const BYTES_PER_ROW = 8;

export interface Packed {
  /** Deflated, in base64. */
  readonly text: string;
  readonly timeline: Timeline;
}

/** A timeline as a text of at most so many characters: routine is thinned out until it fits. */
export function packTimeline(timeline: Timeline, mostCharacters: number): Packed {
  const most = Math.floor((mostCharacters * 3) / 4) - 3;
  let rows = Math.floor(most / BYTES_PER_ROW);
  for (;;) {
    const thin = routineRows(timeline) <= rows ? timeline : thinned(timeline, rows);
    const deflated = deflateRawSync(encodeTimeline(thin), { level: 6 });
    if (deflated.length <= most || rows === 0) return { text: deflated.toString('base64'), timeline: thin };
    // What is not routine stays, so the excess comes out of the routine alone.
    rows = Math.max(
      0,
      Math.floor(Math.min(rows, routineRows(thin)) - ((deflated.length - most) / BYTES_PER_ROW) * 1.2),
    );
  }
}

function routineRows({ totals: { messagesShown, routineShown } }: Timeline): number {
  return messagesShown + routineShown;
}
