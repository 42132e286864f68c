import type { Micros } from '../../../core/ports/clock.ts';
import type { Catalog, Index } from './catalog.ts';
import { ConsulRefusal, type Change } from './records.ts';

export type Policy = 'read' | 'write';

export interface ConsulStateOptions {
  readonly datacenter?: string;
  /** Without any, ACLs are off; else whoever shows none of them sees nothing and may change nothing. */
  readonly tokens?: Readonly<Record<string, Policy>>;
  /** Where the log begins. */
  readonly firstIndex?: Index;
}

/** One server, as the others and the log know it. */
export interface Replica {
  readonly name: string;
  readonly catalog: Catalog;
  /** How long ago it was as current as its leader, in milliseconds. */
  readonly lagMs: number;
  /** The leader as this server sees it. */
  leader(): Replica | undefined;
  reaches(host: string): boolean;
  /** Catches up with the log. */
  apply(until?: Micros): void;
}

/** A member of the pool: a server or a client agent. */
export interface Member {
  readonly name: string;
  readonly address: string;
  readonly isServer: boolean;
  /** What its data directory holds. */
  readonly disk: unknown;
}

interface LogEntry {
  readonly index: Index;
  readonly at: Micros;
  readonly change: Change;
}

/** What the servers of one datacenter share: the log that a majority agrees on, and who leads. */
export class ConsulState {
  readonly datacenter: string;
  readonly tokens: Map<string, Policy> | undefined;
  readonly replicas = new Map<string, Replica>();
  readonly members = new Map<string, Member>();
  leader: string | undefined;
  /** Counts restored snapshots: whoever applied an earlier log begins anew. */
  generation = 0;
  #log: LogEntry[] = [];
  #index: Index;
  readonly #waiting = new Set<() => void>();

  constructor({ datacenter = 'dc1', tokens, firstIndex = 10n }: ConsulStateOptions = {}) {
    this.datacenter = datacenter;
    this.tokens = tokens && new Map(Object.entries(tokens));
    this.#index = firstIndex;
  }

  get log(): readonly LogEntry[] {
    return this.#log;
  }

  get index(): Index {
    return this.#index;
  }

  get majority(): number {
    return Math.floor(this.replicas.size / 2) + 1;
  }

  hasQuorum(replica: Replica): boolean {
    return this.reachedBy(replica).length >= this.majority;
  }

  reachedBy(replica: Replica): Replica[] {
    return [...this.replicas.values()].filter((other) => other === replica || replica.reaches(other.name));
  }

  /** The leader as one server sees it: it must be heard, and have a majority behind it. */
  leaderSeenBy(replica: Replica): Replica | undefined {
    const leader = this.leader === undefined ? undefined : this.replicas.get(this.leader);
    if (leader === undefined || !this.hasQuorum(leader)) return undefined;
    return leader === replica || replica.reaches(leader.name) ? leader : undefined;
  }

  /** Through a server that sees a leader. */
  commit(through: Replica, at: Micros, change: Change): void {
    const leader = through.leader();
    if (leader === undefined) throw new ConsulRefusal(500, 'No cluster leader');
    this.#index += 1n;
    this.#log.push({ index: this.#index, at, change });
    leader.apply();
    this.wake();
  }

  /** An old snapshot takes the place of what is known: its indexes are lower, while new changes count on. */
  restore(changesBack: number): void {
    this.#log = this.#log.slice(0, Math.max(0, this.#log.length - changesBack));
    this.generation += 1;
    for (const replica of this.replicas.values()) replica.apply();
    this.wake();
  }

  /** Something changed: whoever waits looks again. */
  wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  onWake(look: () => void): () => void {
    this.#waiting.add(look);
    return () => void this.#waiting.delete(look);
  }
}
