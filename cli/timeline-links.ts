import { existsSync, readdirSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { timelineFileOf } from '../reports/html/timeline.ts';
import type { SuiteResult } from '../scenarios/result.ts';
import { TIMELINES_FOLDER } from './results-files.ts';

/** Which runs of a suite have a timeline, by token, and where it is as seen from the page that shall link to it. */
export function timelineLinks({ runs }: SuiteResult, page: string): Record<string, string> {
  if (!existsSync(TIMELINES_FOLDER)) return {};
  const made = new Set(readdirSync(TIMELINES_FOLDER).map((name) => `${TIMELINES_FOLDER}/${name}`));
  const links = runs
    .map((run) => ({ token: run.token, file: timelineFileOf(run) }))
    .filter(({ file }) => made.has(file))
    .map(({ token, file }) => [token, addressFrom(dirname(page), file)] as const);
  return Object.fromEntries(links);
}

function addressFrom(folder: string, file: string): string {
  return relative(folder, file).split(sep).map(encodeURIComponent).join('/');
}
