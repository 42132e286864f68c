import type { RunResult } from '../../scenarios/result.ts';
import { parseToken } from '../../scenarios/token.ts';
import { htmlPage } from './page.ts';
import type { TimelinePageData } from './timeline-data.ts';

/** A timeline is one file of at most 10 MB; the rest is for the page itself. */
const MOST_BYTES = 10_000_000;
const PAGE_BYTES = 150_000;
export const MOST_PACKED = MOST_BYTES - PAGE_BYTES;

/** One HTML file with a run in it. */
export function timelinePage(token: string, data: TimelinePageData): string {
  const { scenario, seed } = parseToken(token);
  return htmlPage({ title: `${scenario}, seed ${seed}: timeline`, script: 'timeline.js', data });
}

/** Where the timeline of a run is kept: whoever has its token finds it. */
export function timelineFile(token: string): string {
  return timelineFileOf(parseToken(token));
}

export function timelineFileOf({ scenario, seed, hash }: Pick<RunResult, 'scenario' | 'seed' | 'hash'>): string {
  return `rollcall-results/timelines/${scenario}-${seed}-${hash}.html`;
}
