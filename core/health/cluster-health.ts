import { decodeTags, type Tags } from '../membership/tags.ts';
import type { Member, StateName } from '../membership/events.ts';

export type ClusterStatus = 'healthy' | 'degraded' | 'critical';

/** How many members are in each state. */
export type Tally = Readonly<Record<StateName, number>>;

/** What `/cluster/health` serves. */
export interface ClusterHealth {
  readonly status: ClusterStatus;
  /** Who left is not counted: a cluster that was made smaller on purpose is healthy. */
  readonly total_nodes: number;
  readonly alive_nodes: number;
  readonly suspect_nodes: number;
  readonly dead_nodes: number;
  readonly left_nodes: number;
  /** alive / total; 1 when there is nobody. */
  readonly alive_ratio: number;
  readonly nodes: readonly NodeInfo[];
}

export interface NodeInfo {
  readonly id: string;
  readonly addr: string;
  readonly state: StateName;
  /** Seconds since the last proof of life; null when there was none. */
  readonly last_seen: number | null;
  /** From the tag `spaces`, which separates them by commas. */
  readonly spaces: readonly string[];
  readonly tags: Tags;
  readonly incarnation: number;
}

export function clusterHealth(
  members: readonly Member[],
  lastSeenSeconds: (name: string) => number | undefined,
): ClusterHealth {
  const tally = tallyOf(members);
  return {
    status: statusOf(tally),
    total_nodes: totalOf(tally),
    alive_nodes: tally.alive,
    suspect_nodes: tally.suspect,
    dead_nodes: tally.dead,
    left_nodes: tally.left,
    alive_ratio: aliveRatio(tally),
    nodes: members.map((member) => nodeInfo(member, lastSeenSeconds(member.name))),
  };
}

export function nodeInfo(member: Member, lastSeenSeconds: number | undefined): NodeInfo {
  const tags = decodeTags(member.meta) ?? {};
  return {
    id: member.name,
    addr: member.address,
    state: member.state,
    last_seen: lastSeenSeconds === undefined || !Number.isFinite(lastSeenSeconds) ? null : lastSeenSeconds,
    spaces: (tags['spaces'] ?? '')
      .split(',')
      .map((space) => space.trim())
      .filter((space) => space !== ''),
    tags,
    incarnation: member.incarnation,
  };
}

export function tallyOf(members: readonly Member[]): Tally {
  const tally = { alive: 0, suspect: 0, dead: 0, left: 0 };
  for (const { state } of members) tally[state] += 1;
  return tally;
}

export function totalOf({ alive, suspect, dead }: Tally): number {
  return alive + suspect + dead;
}

export function aliveRatio(tally: Tally): number {
  const total = totalOf(tally);
  return total === 0 ? 1 : tally.alive / total;
}

/** In whole numbers, so that 4 of 5 are exactly four fifths. */
export function statusOf(tally: Tally): ClusterStatus {
  const total = totalOf(tally);
  if (5 * tally.alive >= 4 * total) return 'healthy';
  return 2 * tally.alive >= total ? 'degraded' : 'critical';
}
