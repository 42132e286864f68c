import type { PapersResult } from '../../scenarios/papers/result.ts';
import type { SuiteResult } from '../../scenarios/result.ts';
import type { SweepResults } from '../../scenarios/sweep/result.ts';
import type { Comparison } from '../compare/result.ts';
import { sweepFigures } from '../sweep/figures.ts';
import { condense } from './condense.ts';
import type { SweepData } from './data.ts';
import { htmlPage } from './page.ts';

export interface ReportContent {
  readonly suite: SuiteResult;
  /** Where the timeline of a run is, by its token; relative to the page. */
  readonly timelines?: Readonly<Record<string, string>>;
  /** The sweep that was made last, if any. */
  readonly sweep?: SweepResults | undefined;
  /** With an earlier suite, if one was named. */
  readonly comparison?: Comparison | undefined;
  /** What `rollcall papers` found last, if it was run. */
  readonly papers?: PapersResult | undefined;
}

/** Everything that a suite measured, as one file for a browser. */
export function htmlReport({ suite, timelines = {}, sweep, comparison, papers }: ReportContent): string {
  const data = { ...condense(suite, timelines), sweep: sweep && sweepData(sweep), comparison, papers };
  return htmlPage({ title: 'Rollcall report', script: 'report.js', data });
}

function sweepData(sweep: SweepResults): SweepData {
  const { version, code } = sweep;
  return { version, code, figures: sweepFigures(sweep) };
}
