import { UsageError } from '../errors.ts';
import type { Experiment } from './experiment.ts';

/** Every experiment that a thread can be asked to make. */
// Arguments are checked where calls are made: a list of experiments of different arguments has no closer type.
// oxlint-disable-next-line typescript/no-explicit-any
export const experiments: readonly Experiment<any>[] = [];

export function experimentNamed(name: string): Experiment {
  const found = experiments.find((experiment) => experiment.name === name);
  if (found === undefined)
    throw new UsageError('UNKNOWN_EXPERIMENT', `There is no experiment ${JSON.stringify(name)}.`);
  return found;
}
