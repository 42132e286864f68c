import type { Micros } from '../../core/ports/clock.ts';
import { SECOND } from '../../core/ports/clock.ts';

export const NOTHING = '–';

/** Seconds with three digits after the point, so that a column of them stands in line. */
export function seconds(value: Micros | null): string {
  return value === null ? NOTHING : (value / SECOND).toFixed(3);
}

/** Seconds as short as they are exact: for axes. */
export function shortSeconds(value: number): string {
  return `${Number(value.toPrecision(4))} s`;
}

/** `31.2 h`, `4.5 min`, `12 s`. */
export function longTime(duration: number): string {
  const short = (value: number) => String(Number(value.toPrecision(3)));
  if (duration >= 3600) return `${short(duration / 3600)} h`;
  return duration >= 60 ? `${short(duration / 60)} min` : `${short(duration)} s`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return NOTHING;
  const value = (100 * part) / whole;
  // Of what is there but rare, 0 % would be untrue; and 100 % of what is not all.
  if (value > 0 && value < 0.1) return '< 0.1 %';
  if (value < 100 && value > 99.9) return '> 99.9 %';
  return `${Number(value.toFixed(1))} %`;
}
