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
