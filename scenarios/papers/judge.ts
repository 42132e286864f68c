import type { PaperRow } from './result.ts';
import type { Estimate } from './statistics.ts';

/** Which number of the paper a row is about. */
export interface Place {
  readonly group?: string;
  readonly label: string;
  readonly x?: number;
  readonly unit?: string;
}

export interface Tolerance {
  /** As a share of the paper's number. */
  readonly relative?: number;
  /** In its unit. */
  readonly absolute?: number;
  /** Why so much. */
  readonly because: string;
}

/** Agrees when our interval comes within the tolerance of the paper's number. */
export function judge(place: Place, paper: number, ours: Estimate, allowed: Tolerance): PaperRow {
  const { relative = 0, absolute = 0, because: why } = allowed;
  const tolerance = Math.abs(paper) * relative + absolute;
  const agrees = ours.low <= paper + tolerance && ours.high >= paper - tolerance;
  return rowOf(place, paper, ours, { rule: 'within', tolerance, verdict: agrees ? 'agrees' : 'differs', why });
}

/** Agrees when our whole interval lies at or below the paper's number. */
export function judgeAtMost(place: Place, paper: number, ours: Estimate, why: string): PaperRow {
  const verdict = ours.high <= paper ? 'agrees' : 'differs';
  return rowOf(place, paper, ours, { rule: 'at-most', tolerance: 0, verdict, why });
}

/** Not judged. */
export function show(place: Place, paper: number | null, ours: Estimate, why: string): PaperRow {
  return rowOf(place, paper, ours, { rule: null, tolerance: 0, verdict: 'shown', why });
}

function rowOf(
  { group = '', label, x, unit = '' }: Place,
  paper: number | null,
  { value, low, high, span, samples }: Estimate,
  judgement: Pick<PaperRow, 'rule' | 'tolerance' | 'verdict' | 'why'>,
): PaperRow {
  return { group, label, x: x ?? null, unit, paper, ours: value, low, high, span, samples, ...judgement };
}
