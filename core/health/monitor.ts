import type { Membership } from '../membership/membership.ts';
import { MILLISECOND, SECOND, type Clock, type Micros, type Timer } from '../ports/clock.ts';
import type { Log, LogLevel } from '../ports/log.ts';
import { aliveRatio, statusOf, tallyOf, totalOf, type ClusterStatus, type Tally } from './cluster-health.ts';
import { nextPartition, wholeCluster, type Partition, type PartitionState } from './partition.ts';
import { rosterOf } from './roster.ts';

/** What is still wrong is said again after this long: once per look would bury all else. */
const REMINDER: Micros = 300 * SECOND;

const STATUS_LEVELS: Readonly<Record<ClusterStatus, LogLevel>> = {
  healthy: 'info',
  degraded: 'warn',
  critical: 'error',
};
const STATUS_WORDS: Readonly<Record<ClusterStatus, string>> = {
  healthy: 'The cluster is healthy again.',
  degraded: 'Fewer than four fifths of the members are alive.',
  critical: 'Fewer than half of the members are alive.',
};
const PARTITION_LEVELS: Readonly<Record<PartitionState, LogLevel>> = {
  connected: 'info',
  partitioned: 'warn',
  healing: 'info',
};
const PARTITION_WORDS: Readonly<Record<PartitionState, string>> = {
  connected: 'The majority has held: this node counts as connected again.',
  partitioned: 'This node does not reach a majority of the members.',
  healing: 'This node reaches a majority of the members again.',
};

/** Looks at the cluster at intervals, and tells the log when its condition changes or stays bad. */
export class HealthMonitor {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #membership: Membership;
  #interval: Micros;
  #timer: Timer = 0;
  #status: ClusterStatus = 'healthy';
  #statusTold: Micros = 0;
  #partition: Partition;
  #partitionTold: Micros = 0;

  constructor(clock: Clock, log: Log, membership: Membership, intervalMs: number) {
    this.#clock = clock;
    this.#log = log.child({ operation: 'health' });
    this.#membership = membership;
    this.#interval = intervalMs * MILLISECOND;
    this.#partition = wholeCluster(clock.now());
  }

  /** As of the last look. */
  get partition(): Partition {
    return this.#partition;
  }

  start(): void {
    this.stop();
    this.#timer = this.#clock.after(this.#interval, () => this.#look());
  }

  /** Looks this often from now on. */
  retime(intervalMs: number): void {
    this.#interval = intervalMs * MILLISECOND;
    if (this.#timer !== 0) this.start();
  }

  stop(): void {
    this.#clock.cancel(this.#timer);
    this.#timer = 0;
  }

  #look(): void {
    this.#timer = this.#clock.after(this.#interval, () => this.#look());
    // A node that does not run has no view of the cluster, not an empty cluster.
    if (!this.#membership.running) return;
    const tally = tallyOf(rosterOf(this.#membership));
    this.#judge(tally);
    this.#follow(tally);
  }

  #judge(tally: Tally): void {
    const now = this.#clock.now();
    const before = this.#status;
    const status = statusOf(tally);
    this.#status = status;
    const reminder = status !== 'healthy' && now - this.#statusTold >= REMINDER;
    if (status === before && !reminder) return;
    this.#statusTold = now;
    const { alive, suspect, dead } = tally;
    this.#log[STATUS_LEVELS[status]]({ status, alive, suspect, dead, ratio: aliveRatio(tally) }, STATUS_WORDS[status]);
  }

  #follow(tally: Tally): void {
    const now = this.#clock.now();
    const before = this.#partition.state;
    this.#partition = nextPartition(this.#partition, tally.alive, totalOf(tally), now);
    const { state, reachable, total, since } = this.#partition;
    const lasting = state === 'partitioned' && state === before;
    if (state === before && !(lasting && now - this.#partitionTold >= REMINDER)) return;
    this.#partitionTold = now;
    const fields = { partition: state, reachable, total, seconds: Math.round((now - since) / SECOND) };
    this.#log[lasting ? 'error' : PARTITION_LEVELS[state]](fields, PARTITION_WORDS[state]);
  }
}
