import { InvalidSetting } from '../../../core/errors.ts';
import type { FakePorts } from '../fake-service.ts';
import { EtcdStore, type Write } from './etcd-store.ts';
import { REFUSALS } from './etcd-json.ts';

export interface EtcdOptions {
  /** The hosts of all members. */
  readonly members: readonly string[];
  /** Passwords by name; without any, nobody needs to log in. */
  readonly users?: Readonly<Record<string, string>>;
  /** How often a silent watch that asks for it is told the revision. */
  readonly progressMs?: number;
}

/** A member, as the others meet it. */
export interface EtcdPeer {
  readonly name: string;
  readonly ports: FakePorts;
  /** Goes on for as long as the member runs. */
  readonly beat: number;
  readonly leader: EtcdPeer | undefined;
  canCommit(asker: EtcdPeer): boolean;
  /** Seconds left of a lease; undefined for one that is lost. Only the leader knows. */
  secondsLeft(lease: string): number | undefined;
  renew(lease: string): void;
  heardOfWrites(): void;
  wasRestored(): void;
}

interface LeaseState {
  readonly ttlSec: number;
  readonly keys: Set<string>;
}

/** etcd raises what is shorter: one and a half election timeouts, in whole seconds. */
const TTL_MIN_SEC = 2;
const TTL_MAX_SEC = 9_000_000_000;
const PROGRESS_MS = 600_000;

/** What the members of a cluster have agreed on: one line of revisions, the leases, and who leads. */
export class EtcdState {
  readonly names: readonly string[];
  readonly users: Readonly<Record<string, string>>;
  readonly progressMs: number;
  readonly store = new EtcdStore();
  readonly leases = new Map<string, LeaseState>();
  readonly members = new Map<string, EtcdPeer>();
  readonly tokens = new Set<string>();
  clusterId = 1n;
  leader: string | undefined;
  term = 1;
  /** Seconds of every lease there ever was: a backup brings leases back. */
  readonly #granted = new Map<string, number>();

  constructor({ members, users = {}, progressMs = PROGRESS_MS }: EtcdOptions) {
    if (members.length === 0) throw new InvalidSetting('members', members, 'at least one name of a host');
    this.names = members;
    this.users = users;
    this.progressMs = progressMs;
    for (const name of members) this.clusterId = idOf(`${this.clusterId} ${name}`);
  }

  get quorum(): number {
    return Math.floor(this.names.length / 2) + 1;
  }

  /** All writes of one transaction; every member hears of it. */
  write(writes: readonly Write[]): number {
    for (const { put } of writes) {
      if (put !== undefined && put.lease !== '0' && !this.leases.has(put.lease)) throw REFUSALS.leaseMissing();
    }
    for (const { key, put } of writes) {
      this.#leaseOf(key)?.keys.delete(key);
      if (put !== undefined) this.leases.get(put.lease)?.keys.add(key);
    }
    const touched = this.store.write(writes);
    if (touched > 0) for (const member of this.members.values()) member.heardOfWrites();
    return touched;
  }

  grant(id: string, ttlSec: number): LeaseState {
    if (ttlSec > TTL_MAX_SEC) throw REFUSALS.leaseTooLong();
    if (this.leases.has(id)) throw REFUSALS.leaseExists();
    const lease = { ttlSec: Math.max(TTL_MIN_SEC, ttlSec), keys: new Set<string>() };
    this.leases.set(id, lease);
    this.#granted.set(id, lease.ttlSec);
    return lease;
  }

  /** The keys that live by the lease go with it, all in one revision. */
  revoke(id: string): void {
    const lease = this.leases.get(id);
    if (lease === undefined) throw REFUSALS.leaseMissing();
    this.leases.delete(id);
    this.write([...lease.keys].toSorted().map((key) => ({ key })));
  }

  compact(revision: number): void {
    if (revision <= this.store.compacted) throw REFUSALS.compacted();
    if (revision > this.store.revision) throw REFUSALS.future();
    this.store.compacted = revision;
  }

  /** From a backup that is so many revisions old: another cluster, with the same keys. */
  restore(revisionsBack: number): void {
    this.store.restore(Math.max(1, this.store.revision - revisionsBack));
    this.clusterId = idOf(`${this.clusterId} restored`);
    this.leases.clear();
    for (const { key, lease } of this.store.range({ key: '', end: '\0' })) {
      if (lease === '0') continue;
      const known = this.leases.get(lease) ?? { ttlSec: this.#granted.get(lease)!, keys: new Set<string>() };
      known.keys.add(key);
      this.leases.set(lease, known);
    }
    for (const member of this.members.values()) member.wasRestored();
  }

  #leaseOf(key: string): LeaseState | undefined {
    const id = this.store.get(key)?.lease;
    return id === undefined ? undefined : this.leases.get(id);
  }
}

/** A number of 63 bits that belongs to a text. */
export function idOf(text: string): bigint {
  let id = 14_695_981_039_346_656_037n;
  for (const character of text) id = BigInt.asUintN(63, (id ^ BigInt(character.codePointAt(0)!)) * 1_099_511_628_211n);
  return id;
}
