import { MILLISECOND, SECOND, type Micros } from '../../../core/ports/clock.ts';
import type { FakePorts } from '../fake-service.ts';
import { lean, REFUSALS, type Refused } from './etcd-json.ts';
import { idOf, type EtcdPeer, type EtcdState } from './etcd-state.ts';
import { EtcdWatch, type WatchRequest } from './etcd-watch.ts';

const TICK = 100 * MILLISECOND;
const ELECTION: Micros = 1 * SECOND;
/** What etcd allows for a request: five seconds and two elections. */
const REQUEST: Micros = 5 * SECOND + 2 * ELECTION;
const LOOK = 20 * MILLISECOND;
/** What is agreed on reaches the store of another member so much later, at most. */
const APPLY_LAG_MAX_MS = 5;

/** One member: whom it hears, whom it believes to lead, and what it has applied of what was agreed. */
export class EtcdMember implements EtcdPeer {
  readonly name: string;
  readonly ports: FakePorts;
  readonly #state: EtcdState;
  readonly #heard = new Map<string, { beat: number; at: Micros }>();
  readonly #deadlines = new Map<string, Micros>();
  readonly #watches = new Set<EtcdWatch>();
  #beat = 0;
  #applied: number;
  #campaignAt: Micros;
  #progressAt: Micros;

  constructor(ports: FakePorts, state: EtcdState) {
    this.ports = ports;
    this.name = ports.name;
    this.#state = state;
    this.#applied = state.store.revision;
    const now = ports.clock.now();
    this.#campaignAt = now + ELECTION + ports.random.int(ELECTION);
    this.#progressAt = now + state.progressMs * MILLISECOND;
    state.members.set(this.name, this);
    if (state.leader === this.name) state.leader = undefined;
    if (state.names.length === 1) this.#lead();
    this.#tick();
  }

  get beat(): number {
    return this.#beat;
  }

  /** The revision that this member would answer with by itself. */
  get applied(): number {
    return this.#applied;
  }

  /** As this member sees it. */
  get leader(): EtcdPeer | undefined {
    const { leader, members } = this.#state;
    const member = leader === undefined ? undefined : members.get(leader);
    return member === undefined || this.#isDeaf || !this.#hears(member) ? undefined : member;
  }

  header(): Record<string, unknown> {
    const { clusterId, term } = this.#state;
    const ids = { cluster_id: `${clusterId}`, member_id: `${idOf(this.name)}` };
    return lean({ ...ids, revision: `${this.#applied}`, raft_term: `${term}` });
  }

  /** Resolves as soon as the majority can agree through this member; `otherwise` after as long as etcd waits. */
  async agreed(otherwise: () => Refused): Promise<void> {
    await this.#until(() => this.leader?.canCommit(this) === true, otherwise);
  }

  /** The same for what the leader does alone: it renews leases. */
  async led(otherwise: () => Refused): Promise<EtcdPeer> {
    await this.#until(() => this.leader !== undefined && linked(this, this.leader), otherwise);
    return this.leader!;
  }

  /** All that was agreed until now is applied here: what was written through this member is, and what it reads surely. */
  async caughtUp(otherwise: () => Refused): Promise<void> {
    await this.#until(() => !this.#lags(), otherwise);
    this.#apply();
  }

  canCommit(asker: EtcdPeer): boolean {
    if (this.#isDeaf || !linked(this, asker)) return false;
    return this.#alive().length >= this.#state.quorum;
  }

  heardOfWrites(): void {
    const { clock, random } = this.ports;
    clock.after(random.int(APPLY_LAG_MAX_MS * MILLISECOND), () => {
      if (this.#isCurrent && this.leader !== undefined && linked(this, this.leader)) this.#apply();
    });
  }

  wasRestored(): void {
    this.#applied = this.#state.store.revision;
    this.#resetLeases();
    this.cutWatches();
  }

  watch(request: WatchRequest): EtcdWatch {
    const watch = new EtcdWatch(request, this.#applied, () => this.header());
    watch.stuck = this.ports.suffers('etcd-watch-stuck') !== undefined;
    this.#watches.add(watch);
    this.#advance(watch);
    return watch;
  }

  cutWatches(): void {
    for (const watch of this.#watches) watch.cut();
    this.#watches.clear();
  }

  stickWatches(): void {
    for (const watch of this.#watches) watch.stuck = true;
  }

  secondsLeft(lease: string): number | undefined {
    const left = (this.#deadlines.get(lease) ?? 0) - this.ports.clock.now();
    return this.#state.leases.has(lease) && left > 0 ? Math.floor(left / SECOND) : undefined;
  }

  renew(lease: string): void {
    const ttlSec = this.#state.leases.get(lease)!.ttlSec;
    this.#deadlines.set(lease, this.ports.clock.now() + ttlSec * SECOND);
  }

  get #isCurrent(): boolean {
    return this.#state.members.get(this.name) === this;
  }

  get #isDeaf(): boolean {
    const deaf = this.ports.suffers('etcd-no-leader');
    deaf?.strike();
    return deaf !== undefined;
  }

  #tick(): void {
    if (!this.#isCurrent) return;
    const { clock } = this.ports;
    this.#beat += 1;
    for (const other of this.#state.members.values()) {
      if (this.#heard.get(other.name)?.beat === other.beat || !linked(this, other)) continue;
      this.#heard.set(other.name, { beat: other.beat, at: clock.now() });
    }
    if (this.leader === this) this.#rule();
    else this.#follow();
    this.#tellWatches();
    clock.after(TICK, () => this.#tick());
  }

  #rule(): void {
    const heard = [...this.#state.members.values()].filter((other) => this.#hears(other));
    if (heard.length < this.#state.quorum) return this.#stepDown();
    this.#apply();
    const now = this.ports.clock.now();
    for (const id of [...this.#state.leases.keys()]) {
      if ((this.#deadlines.get(id) ?? 0) <= now) this.#state.revoke(id);
    }
  }

  #follow(): void {
    if (this.#state.leader === this.name) this.#stepDown();
    const { leader } = this;
    if (leader !== undefined) {
      this.#postpone();
      if (linked(this, leader)) this.#apply();
      return;
    }
    // Whoever hears the leader does not vote for another.
    const alive = this.#alive();
    if (this.#isDeaf || alive.length < this.#state.quorum || alive.some((other) => other.leader !== undefined)) return;
    if (this.ports.clock.now() >= this.#campaignAt) this.#lead();
  }

  #stepDown(): void {
    this.#state.leader = undefined;
    this.#postpone();
  }

  #lead(): void {
    this.#state.leader = this.name;
    this.#state.term += 1;
    this.#apply();
    this.#resetLeases();
  }

  /** A new leader does not know how much of a lease was left: all of them begin anew. */
  #resetLeases(): void {
    this.#deadlines.clear();
    for (const id of this.#state.leases.keys()) this.renew(id);
  }

  #postpone(): void {
    const { clock, random } = this.ports;
    this.#campaignAt = clock.now() + random.int(ELECTION);
  }

  /** Who answers this member: it hears them, and they have not stood still for an election timeout. */
  #alive(): EtcdPeer[] {
    return [...this.#state.members.values()].filter((other) => linked(this, other) && this.#hears(other));
  }

  #hears(other: EtcdPeer): boolean {
    const heard = this.#heard.get(other.name);
    return other === this || (heard !== undefined && this.ports.clock.now() - heard.at < ELECTION);
  }

  #lags(): boolean {
    const lag = this.ports.suffers('etcd-lag');
    if (lag !== undefined && this.#applied < this.#state.store.revision) lag.strike();
    return lag !== undefined;
  }

  #apply(): void {
    if (this.#lags()) return;
    this.#applied = this.#state.store.revision;
    for (const watch of this.#watches) this.#advance(watch);
  }

  #advance(watch: EtcdWatch): void {
    if (watch.advance(this.#state.store, this.#applied)) this.ports.suffers('etcd-watch-stuck')?.strike();
    if (!watch.open) this.#watches.delete(watch);
  }

  #tellWatches(): void {
    const now = this.ports.clock.now();
    const isTime = now >= this.#progressAt;
    if (isTime) this.#progressAt = now + this.#state.progressMs * MILLISECOND;
    for (const watch of [...this.#watches]) {
      if (!watch.open) this.#watches.delete(watch);
      else if (watch.request.wantsLeader && this.leader === undefined) watch.refuse(REFUSALS.noLeader());
      else if (isTime && watch.request.wantsProgress) watch.progress();
    }
  }

  async #until(holds: () => boolean, otherwise: () => Refused): Promise<void> {
    const { clock } = this.ports;
    const end = clock.now() + REQUEST;
    while (!holds()) {
      if (clock.now() >= end || !this.#isCurrent) throw otherwise();
      await new Promise<void>((resolve) => void clock.after(LOOK, resolve));
    }
  }
}

/** Whether two members hear each other now. */
function linked(one: EtcdPeer, other: EtcdPeer): boolean {
  if (one === other) return true;
  const deaf = (member: EtcdPeer): boolean => member.ports.suffers('etcd-no-leader') !== undefined;
  return !deaf(one) && !deaf(other) && one.ports.reaches(other.name) && other.ports.reaches(one.name);
}
