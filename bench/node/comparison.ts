import { seededRandom } from '../../core/random.ts';
import type { Micros } from '../../core/ports/clock.ts';
import { quantile, ratioInterval, summaryOf } from './statistics.ts';
import { seconds } from './table.ts';

/** How far a quantile of the simulated times may lie from that of the real ones. */
const TOLERANCE = 0.2;

export interface Compared {
  readonly what: string;
  readonly real: readonly Micros[];
  readonly simulated: readonly Micros[];
}

const HEAD = ['', '', 'n', 'min', 'p50', 'p90', 'max'];

/** Both distributions side by side, and whether their quantiles agree; for `table`. */
export function comparisonRows(all: readonly Compared[]): string[][] {
  return [HEAD, ...all.flatMap(rowsOf)];
}

function rowsOf({ what, real, simulated }: Compared): string[][] {
  return [
    [what, 'real', ...distribution(real)],
    ['', 'simulated', ...distribution(simulated)],
    ['', 'ratio', '', '', ...[0.5, 0.9].map((share) => ratioAt(real, simulated, share))],
    ['', '95 %', '', '', ...[0.5, 0.9].map((share) => intervalAt(real, simulated, share))],
    ['', 'within 20 %', '', '', ...[0.5, 0.9].map((share) => (agrees(real, simulated, share) ? 'yes' : 'NO'))],
  ];
}

function distribution(samples: readonly Micros[]): string[] {
  const { count, min, p50, p90, max } = summaryOf(samples);
  return [String(count), ...[min, p50, p90, max].map(seconds)];
}

function ratioOf(real: readonly Micros[], simulated: readonly Micros[], share: number): number {
  return quantile(real, share) / quantile(simulated, share);
}

function ratioAt(real: readonly Micros[], simulated: readonly Micros[], share: number): string {
  return ratioOf(real, simulated, share).toFixed(3);
}

function intervalAt(real: readonly Micros[], simulated: readonly Micros[], share: number): string {
  const { low, high } = ratioInterval(real, simulated, share, seededRandom('comparison'));
  return `${low.toFixed(2)}-${high.toFixed(2)}`;
}

function agrees(real: readonly Micros[], simulated: readonly Micros[], share: number): boolean {
  return Math.abs(ratioOf(real, simulated, share) - 1) <= TOLERANCE;
}
