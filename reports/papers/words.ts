import type { PaperRow } from '../../scenarios/papers/result.ts';
import { whole } from '../figures.ts';

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
