import { SECOND, type Micros } from '../ports/clock.ts';

/** `healing`: a majority is back, but not for long enough to be trusted. */
export type PartitionState = 'connected' | 'partitioned' | 'healing';

/** Whether this node is on the side of the majority, as far as it can see. */
export interface Partition {
  readonly state: PartitionState;
  /** When it came into this state. */
  readonly since: Micros;
  /** Alive members, this node included. */
  readonly reachable: number;
  /** Alive, suspect and dead ones. */
  readonly total: number;
  /** How often a majority was lost and found again, so far. */
  readonly detected: number;
  readonly healed: number;
}

/** How long the majority must hold before a partition counts as healed. */
const HEALING: Micros = 10 * SECOND;

export function wholeCluster(now: Micros): Partition {
  return { state: 'connected', since: now, reachable: 1, total: 1, detected: 0, healed: 0 };
}

/** The state after a look at the cluster. Half is not a majority: of two equal sides both are partitioned, never neither. */
export function nextPartition(before: Partition, reachable: number, total: number, now: Micros): Partition {
  const seen = { ...before, reachable, total };
  const minority = total > 0 && 2 * reachable <= total;
  if (minority) {
    if (before.state === 'partitioned') return seen;
    return { ...seen, state: 'partitioned', since: now, detected: before.detected + 1 };
  }
  if (before.state === 'partitioned') return { ...seen, state: 'healing', since: now };
  if (before.state === 'healing' && now - before.since >= HEALING) {
    return { ...seen, state: 'connected', since: now, healed: before.healed + 1 };
  }
  return seen;
}
