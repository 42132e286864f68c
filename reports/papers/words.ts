import type { PaperRow } from '../../scenarios/papers/result.ts';
import { whole } from '../figures.ts';

/** More groups of one reason are not named. */
const NAMED = 3;

export function oursInWords({ ours, low, high, span }: PaperRow): string {
  if (low === high) return paperFigure(ours);
  if (span === 'extremes') return `${paperFigure(ours)} (${paperFigure(low)} to ${paperFigure(high)})`;
  const half = Math.max(high - ours, ours - low);
  return `${paperFigure(ours, half)} ± ${paperFigure(half)}`;
}

export function allowedInWords({ rule, tolerance }: PaperRow): string {
  if (rule === 'at-most') return 'at most';
  if (rule === null) return '';
  return tolerance === 0 ? 'exact' : `± ${paperFigure(tolerance)}`;
}

/** Three digits, or as many as there are down to the second one of the error. */
export function paperFigure(value: number, error?: number): string {
  if (Math.abs(value) >= 1e6) return value.toExponential(1);
  const size = error ?? Math.abs(value);
  if (size === 0) return '0';
  const digits = (error === undefined ? 2 : 1) - Math.floor(Math.log10(size));
  if (digits > 7) return value.toExponential(1);
  return digits <= 0 ? whole(value) : String(Number(value.toFixed(digits)));
}

/** Each reason once, with the groups that it is for. */
export function reasonsInWords(rows: readonly PaperRow[]): string[] {
  const groups = new Map<string, Set<string>>();
  for (const { why, group } of rows) groups.set(why, (groups.get(why) ?? new Set<string>()).add(group));
  const all = new Set(rows.map(({ group }) => group)).size;
  return [...groups].map(([why, of]) => {
    return of.size === all || of.size > NAMED ? `${why}.` : `${[...of].join('; ')}: ${why}.`;
  });
}
