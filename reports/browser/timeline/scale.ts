const SECOND = 1_000_000;

/** Steps between marks of an axis, in microseconds: 1, 2 or 5 times a power of ten, then minutes. */
function stepFor(span: number, most: number): number {
  const least = span / Math.max(1, most);
  for (let step = 1; step < 20 * SECOND; step *= 10) {
    for (const factor of [1, 2, 5]) if (step * factor >= least) return step * factor;
  }
  return (
    [30, 60, 120, 300, 600, 1_800, 3_600].map((seconds) => seconds * SECOND).find((step) => step >= least) ??
    7_200 * SECOND
  );
}

export interface Marks {
  readonly times: readonly number[];
  readonly step: number;
}

/** Round times between two times, at most about so many. */
export function marksBetween(from: number, to: number, most: number): Marks {
  const step = stepFor(to - from, most);
  const times: number[] = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) times.push(time);
  return { times, step };
}

/** `12.5 s`, with as many digits as steps of that size need. */
export function secondsInWords(time: number, step: number): string {
  const digits = Math.max(0, Math.min(6, Math.ceil(6 - Math.log10(Math.max(1, step)))));
  return `${(time / SECOND).toFixed(digits)} s`;
}

/** A time to the millisecond, or to the microsecond. */
export function timeInWords(time: number, digits = 3): string {
  return (time / SECOND).toFixed(digits);
}
