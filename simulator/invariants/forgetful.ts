import type { Fault } from '../faults/fault.ts';

/** Hosts that start without what they stored: they cannot know how far they had come. */
export function forgetfulHosts(faults: readonly Fault[]): ReadonlySet<string> {
  const forgetful = new Set<string>();
  for (const fault of faults) {
    if (fault.kind !== 'restart' || fault.keepStore) continue;
    for (const host of fault.hosts) forgetful.add(host);
  }
  return forgetful;
}
