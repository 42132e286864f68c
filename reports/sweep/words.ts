import { whole } from '../figures.ts';

/** Three digits, and thousands set apart. */
export function short(value: number): string {
  return Math.abs(value) >= 100 ? whole(value) : String(Number(value.toPrecision(3)));
}

export function inSeconds(value: number): string {
  return `${short(value)} s`;
}
