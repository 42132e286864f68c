import type { Fault } from '../../simulator/faults/fault.ts';

/** What members are told so that they are no longer part of the cluster, and so that they are again. */
const LEAVES = ['leave', 'stop'];
const JOINS = ['join'];

/**
 * Which hosts a schedule leaves down or outside. What is demanded of the end of a run fails on account of these for a
 * reason that nobody looks for, so that no schedule may be shrunk until it has more of them.
 */
export function leftBroken(faults: readonly Fault[], downAtFirst: readonly string[]): ReadonlySet<string> {
  const broken = new Set(downAtFirst);
  for (const fault of faults.toSorted((a, b) => a.at - b.at)) {
    const goes = fault.kind === 'crash' || (fault.kind === 'command' && LEAVES.includes(fault.command));
    const returns = fault.kind === 'restart' || (fault.kind === 'command' && JOINS.includes(fault.command));
    if (!goes && !returns) continue;
    for (const host of fault.hosts) {
      if (goes) broken.add(host);
      else broken.delete(host);
    }
  }
  return broken;
}
