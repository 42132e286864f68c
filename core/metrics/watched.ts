import type { Operated } from '../admin/operated.ts';
import type { MethodStats } from '../discovery/feed.ts';
import type { Partition } from '../health/partition.ts';
import type { Clock } from '../ports/clock.ts';

/** What went over the sockets, in plain numbers. Bytes are payload, without the headers of IP. */
export interface Traffic {
  readonly datagramBytesSent: number;
  readonly datagramBytesReceived: number;
  readonly streamBytesSent: number;
  readonly streamBytesReceived: number;
  readonly streamsDialed: number;
  readonly streamsAccepted: number;
  readonly streamsOpen: number;
  /** Streams of others that were closed because as many were open as may be. */
  readonly streamsRefused: number;
  readonly streamTimeouts: number;
  /** What arrived while nobody was there to take it: before the start, or after the end. */
  readonly datagramsUnattended: number;
  readonly connectionsUnattended: number;
  /** TCP connections of every use. */
  readonly connectionsOpen: number;
  /** Connections that said that they are for something unknown. */
  readonly openingsUnknown: number;
  /** Connections that the system could not hand over, by the code of its error. */
  readonly acceptErrors: ReadonlyMap<string, number>;
  /** By the code of the system's error. */
  readonly sendErrors: ReadonlyMap<string, number>;
  /** Handshakes, by the code of what was wrong. */
  readonly tlsFailures: ReadonlyMap<string, number>;
  /** Carriers are connections that carry datagrams: in the modes `tcp` and `tls`. */
  readonly carriersDialed: number;
  readonly carriersAccepted: number;
  readonly carriersCut: number;
  readonly carriersFailed: number;
  readonly carriersOpen: number;
  /** Datagrams over TCP or TLS that a connection could not take, or lost when it failed. */
  readonly carrierDatagramsLost: number;
  /** What the system grants for datagrams that wait to be read; 0 without UDP. */
  readonly receiveBufferBytes: number;
}

/** A node with the numbers that only its metrics tell. */
export interface WatchedNode extends Operated {
  readonly health: { readonly partition: Partition };
  /** By method. */
  readonly discovery: { readonly stats: ReadonlyMap<string, Readonly<MethodStats>> };
  readonly snapshotFailures: number;
}

/** Where metrics are read from, whenever somebody collects them. */
export interface Watched {
  readonly node: WatchedNode;
  readonly clock: Clock;
  readonly traffic: Traffic;
}
