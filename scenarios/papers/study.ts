import type { Call } from '../experiments/experiment.ts';
import type { PaperName, PaperTable, PapersMode } from './result.ts';

/** What one call was asked, and what it measured. */
export interface Measurement<Argument, Measured> {
  readonly argument: Argument;
  readonly measured: Measured;
}

/** One experiment of a paper: what has to be measured, and what tables that makes. */
export interface Study<Argument = unknown, Measured = unknown> {
  readonly paper: PaperName;
  /** Independent of one another, long ones first. */
  calls(this: void, mode: PapersMode): readonly Call<Argument, Measured>[];
  /** In the order of the calls. */
  tables(this: void, measurements: readonly Measurement<Argument, Measured>[], mode: PapersMode): readonly PaperTable[];
}

/** A share of the seeds of a study, small enough that all threads have something to do until the end. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

/** Seeds from 1 to `count`, in shares of at most `share`. */
export function sharesOf(count: number, share: number): Seeds[] {
  const shares: Seeds[] = [];
  for (let first = 1; first <= count; first += share) {
    shares.push({ first, count: Math.min(share, count - first + 1) });
  }
  return shares;
}

export function eachSeed<T>({ first, count }: Seeds, of: (seed: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => of(first + index));
}
