import type { Operated } from '../admin/operated.ts';
import type { MethodStats } from '../discovery/chain.ts';
import type { Partition } from '../health/partition.ts';
import type { Clock } from '../ports/clock.ts';

/** What went over the sockets, in plain numbers that only grow. Bytes are payload, without the headers of IP. */
export interface Traffic {
  readonly datagramBytesSent: number;
  readonly datagramBytesReceived: number;
  readonly streamBytesSent: number;
  readonly streamBytesReceived: number;
  readonly streamsDialed: number;
  readonly streamsAccepted: number;
}

/** A node with the numbers that only its metrics tell. */
export interface WatchedNode extends Operated {
  readonly health: { readonly partition: Partition };
  /** By method. */
  readonly discoveryStats: ReadonlyMap<string, Readonly<MethodStats>>;
  readonly snapshotFailures: number;
}

/** Where metrics are read from, whenever somebody collects them. */
export interface Watched {
  readonly node: WatchedNode;
  readonly clock: Clock;
  readonly traffic: Traffic;
}
