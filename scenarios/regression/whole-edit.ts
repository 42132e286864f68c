import type { Edit } from '../edit.ts';
import type { Stage } from '../scenario.ts';

/** An edit that leaves a scenario nothing to draw for the schedule of a run. */
export type WholeEdit = Edit & Required<Pick<Edit, 'faults' | 'without' | 'duration'>>;

/** Everything that was drawn for a run, as data, so that it no longer matters how the scenario draws. */
export function wholeEdit({ hosts, faults, duration, settings }: Stage, origin: Stage): WholeEdit {
  const names = new Set(hosts.map((host) => host.name));
  const without = origin.hosts.flatMap((host) => (names.has(host.name) ? [] : [host.name]));
  return { without, duration, ...(settings === undefined ? {} : { settings }), faults };
}
