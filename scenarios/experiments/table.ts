import { UsageError } from '../errors.ts';
import { paperExperiments } from '../papers/experiments.ts';
import { loadSweep } from '../sweep/load.ts';
import { spreadingSweep } from '../sweep/spreading.ts';
import { troubleSweep } from '../sweep/trouble.ts';
import type { Experiment } from './experiment.ts';

/** Every experiment that a thread can be asked to make. */
// Of different arguments: they are checked where calls are made.
export const experiments: readonly Experiment[] = [...paperExperiments, spreadingSweep, loadSweep, troubleSweep];

export function experimentNamed(name: string): Experiment {
  const found = experiments.find((experiment) => experiment.name === name);
  if (found === undefined)
    throw new UsageError('UNKNOWN_EXPERIMENT', `There is no experiment ${JSON.stringify(name)}.`);
  return found;
}
