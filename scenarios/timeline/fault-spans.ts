import type { Micros } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { deedInWords } from '../in-words.ts';

/** What a fault touches, and for how long: the shade behind the lanes. */
export interface FaultSpan {
  readonly fault: Fault;
  readonly words: string;
  readonly from: Micros;
  /** Equal to `from` for what is done at once. */
  readonly to: Micros;
  /** Places in the topology, from 0, and on which side of a partition they are. */
  readonly lanes: readonly { readonly lane: number; readonly side: number; readonly to: Micros }[];
  readonly struck: boolean;
}

/** The schedule as spans, each in its place. What was still to come when the run ended is left out. */
export function faultSpans(
  faults: readonly Fault[],
  hosts: readonly string[],
  struck: readonly string[],
  played: Micros,
): FaultSpan[] {
  const laneOf = new Map(hosts.map((name, lane) => [name, lane]));
  const struckIds = new Set(struck);
  return faults.map((fault) => {
    const groups = groupsOf(fault, hosts);
    const lanes = groups.flatMap((group, side) =>
      group.flatMap((name) => {
        const lane = laneOf.get(name);
        return lane === undefined ? [] : [{ lane, side, to: Math.min(played, endFor(fault, name, faults, played)) }];
      }),
    );
    return {
      fault,
      words: deedInWords(fault),
      from: fault.at,
      to: lanes.reduce((latest, { to }) => Math.max(latest, to), fault.at),
      lanes,
      struck: struckIds.has(fault.id),
    };
  });
}

function groupsOf(fault: Fault, hosts: readonly string[]): readonly (readonly string[])[] {
  switch (fault.kind) {
    case 'partition':
      return fault.groups;
    case 'block':
    case 'link': {
      const from = fault.from ?? hosts;
      const to = fault.to ?? hosts;
      return [from, to.filter((name) => !from.includes(name))];
    }
    default:
      return [fault.hosts];
  }
}

/** A crash lasts until the host is started again. */
function endFor(fault: Fault, host: string, faults: readonly Fault[], played: Micros): Micros {
  if ('for' in fault) return fault.at + fault.for;
  if (fault.kind === 'clock') return played;
  if (fault.kind !== 'crash') return fault.at;
  const restarts = faults.filter(({ kind, at }) => kind === 'restart' && at >= fault.at);
  const own = restarts.filter((restart) => 'hosts' in restart && restart.hosts.includes(host));
  return Math.min(played, ...own.map(({ at }) => at));
}
