import { UsageError } from '../errors.ts';
import { paperExperiments } from '../papers/experiments.ts';
import { loadSweep } from '../sweep/load.ts';
import { spreadingSweep } from '../sweep/spreading.ts';
import { troubleSweep } from '../sweep/trouble.ts';
import type { Experiment } from './experiment.ts';

/** Every experiment that a thread can be asked to make. */
// Arguments are checked where calls are made: a list of experiments of different arguments has no closer type.
// oxlint-disable-next-line typescript/no-explicit-any
export const experiments: readonly Experiment<any>[] = [...paperExperiments, spreadingSweep, loadSweep, troubleSweep];

export function experimentNamed(name: string): Experiment {
  const found = experiments.find((experiment) => experiment.name === name);
  if (found === undefined)
    throw new UsageError('UNKNOWN_EXPERIMENT', `There is no experiment ${JSON.stringify(name)}.`);
  return found;
}
