import { UsageError } from '../errors.ts';
import { edited } from '../edit.ts';
import { materialise } from '../play.ts';
import type { FailingRun } from '../regression/failing-run.ts';
import { originOf } from '../regression/origin.ts';
import { wholeEdit } from '../regression/whole-edit.ts';
import type { ShrinkTarget } from './shrink.ts';

/** What to shrink when a run failed, and the files that players of it need. */
export async function shrinkTargetOf(
  { scenario, seed, mode, edit = {}, failure }: FailingRun,
  files: readonly string[],
): Promise<{ target: ShrinkTarget; files: string[] }> {
  if (failure.invariant === 'must-strike') {
    throw new UsageError(
      'NOT_SHRINKABLE',
      `${scenario.name}, seed ${seed}, fails because no fault of kind "${failure.subject}" had any effect: that takes ` +
        'another schedule, not a smaller one.',
    );
  }
  // What the scenario itself demands holds while it shrinks, also for a regression of it that demands less.
  const origin = await originOf(scenario, seed, files);
  const stage = materialise(edited(scenario, seed, edit), seed);
  const whole = wholeEdit(stage, materialise(origin.scenario, origin.seed));
  return {
    target: { scenario: origin.scenario, seed: origin.seed, mode, failure, edit: whole },
    files: [...new Set([...files, ...(origin.file === undefined ? [] : [origin.file])])],
  };
}
