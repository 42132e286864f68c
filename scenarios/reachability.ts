import { type Micros, SECOND } from '../core/ports/clock.ts';
import type { Fault, LinkHarm } from '../simulator/faults/fault.ts';

/** Whether the schedule lets two hosts hear each other: neither cut apart nor deaf to one another at that time. */
export type Reachable = (a: string, b: string, at: Micros) => boolean;

export function reachabilityUnder(faults: readonly Fault[]): Reachable {
  const cuts = faults.flatMap((fault): Cut[] => {
    if (fault.kind === 'partition') {
      const groupOf = new Map(fault.groups.flatMap((group, index) => group.map((host) => [host, index] as const)));
      const apart = (a: string, b: string) => {
        const [one, other] = [groupOf.get(a), groupOf.get(b)];
        return one !== undefined && other !== undefined && one !== other;
      };
      return [{ from: fault.at, until: fault.at + fault.for, apart }];
    }
    if (fault.kind === 'block' || (fault.kind === 'link' && losesAll(fault))) {
      const [senders, receivers] = [fault.from, fault.to].map((hosts) => hosts && new Set(hosts));
      const deaf = (a: string, b: string) => senders?.has(a) !== false && receivers?.has(b) !== false;
      return [{ from: fault.at, until: fault.at + fault.for, apart: (a, b) => deaf(a, b) || deaf(b, a) }];
    }
    return [];
  });
  return (a, b, at) => !cuts.some((cut) => cut.from <= at && at < cut.until + AFTERMATH && cut.apart(a, b));
}

function losesAll({ loss }: LinkHarm): boolean {
  return loss !== undefined && loss[0] === loss[1];
}

/** Suspicions that a cut raised may still run out when it is over: their verdicts are no false alarms. */
const AFTERMATH = 15 * SECOND;

interface Cut {
  readonly from: Micros;
  readonly until: Micros;
  apart(a: string, b: string): boolean;
}
