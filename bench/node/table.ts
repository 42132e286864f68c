import type { Micros } from '../../core/ports/clock.ts';

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const aligned = (cell: string, i: number): string => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!));
  return rows.map((row) => `  ${row.map(aligned).join('  ')}`.trimEnd()).join('\n');
}

export function seconds(micros: Micros): string {
  return `${(micros / 1_000_000).toFixed(2)} s`;
}

export function milliseconds(micros: Micros): string {
  return `${(micros / 1_000).toFixed(2)} ms`;
}

export function ratio(value: number): string {
  return `${value.toFixed(2)} x`;
}
