import { MILLISECOND, SECOND, type Micros } from '../../../core/ports/clock.ts';
import type { FakePorts } from '../fake-service.ts';
import { Catalog } from './catalog.ts';
import type { ConsulState, Replica } from './state.ts';

const TICK: Micros = 50 * MILLISECOND;
/** Agents that are not heard for so long count as failed; the forgotten are reaped after three days. */
const FAILED_AFTER: Micros = 5 * SECOND;
const REAPED_AFTER: Micros = 72 * 3_600 * SECOND;

export interface ServerTimes {
  /** From the loss of a leader to the next one. */
  readonly electionMs: number;
  /** How far followers are behind. */
  readonly lagMs: number;
}

/** One server: a copy of the catalog, an opinion on who leads, and the will to lead when nobody does. */
export class ConsulServer implements Replica {
  readonly name: string;
  catalog = new Catalog();
  readonly #ports: FakePorts;
  readonly #state: ConsulState;
  readonly #times: ServerTimes;
  #applied = 0;
  #generation: number;
  #lastContact: Micros;
  #leaderlessSince: Micros | undefined;
  #sawLeader: string | undefined;
  readonly #lostSince = new Map<string, Micros>();

  constructor(ports: FakePorts, state: ConsulState, times: ServerTimes) {
    this.name = ports.name;
    this.#ports = ports;
    this.#state = state;
    this.#times = times;
    this.#generation = state.generation;
    this.#lastContact = ports.clock.now();
    state.replicas.set(this.name, this);
    // A first leader is found before anybody asks.
    if (state.leader === undefined) this.#leaderlessSince = ports.clock.now() - times.electionMs * MILLISECOND;
    this.#tick();
  }

  reaches(host: string): boolean {
    return this.#ports.reaches(host);
  }

  get lagMs(): number {
    const isLeader = this.#state.leaderSeenBy(this) === this;
    return isLeader ? 0 : Math.floor((this.#ports.clock.now() - this.#lastContact) / MILLISECOND);
  }

  leader(): Replica | undefined {
    const cut = this.#ports.suffers('consul-no-leader');
    cut?.strike();
    return cut === undefined ? this.#state.leaderSeenBy(this) : undefined;
  }

  apply(until: Micros = Number.MAX_SAFE_INTEGER): void {
    const { generation, log } = this.#state;
    if (this.#generation !== generation) {
      this.#generation = generation;
      this.catalog = new Catalog();
      this.#applied = 0;
    }
    for (; this.#applied < log.length && log[this.#applied]!.at <= until; this.#applied++) {
      const { index, change } = log[this.#applied]!;
      this.catalog.apply(index, change);
    }
  }

  #tick(): void {
    const { clock } = this.#ports;
    const before = `${this.#applied} ${this.#generation} ${this.#sawLeader}`;
    const leader = this.leader();
    this.#sawLeader = leader?.name;
    if (leader === undefined) this.#standForElection();
    else {
      this.#leaderlessSince = undefined;
      this.#replicate(leader);
      if (leader === this) this.#watchMembers();
    }
    if (`${this.#applied} ${this.#generation} ${this.#sawLeader}` !== before) this.#state.wake();
    clock.after(TICK, () => this.#tick());
  }

  #replicate(leader: Replica): void {
    const now = this.#ports.clock.now();
    if (leader === this) return this.apply();
    const stuck = this.#ports.suffers('consul-stale');
    if (stuck !== undefined) return stuck.strike();
    this.apply(now - this.#times.lagMs * MILLISECOND);
    this.#lastContact = now;
  }

  #standForElection(): void {
    const now = this.#ports.clock.now();
    this.#leaderlessSince ??= now;
    if (now - this.#leaderlessSince < this.#times.electionMs * MILLISECOND) return;
    if (this.#ports.suffers('consul-no-leader') !== undefined) return;
    // Servers that hear a leader do not vote against it.
    const voters = this.#state.reachedBy(this).filter((one) => this.#state.leaderSeenBy(one) === undefined);
    if (voters.length < this.#state.majority) return;
    this.#state.leader = this.name;
    this.#sawLeader = this.name;
    this.#leaderlessSince = undefined;
    this.apply();
  }

  /** The leader writes down which agents the pool has lost. */
  #watchMembers(): void {
    const now = this.#ports.clock.now();
    for (const { name: node, isServer } of this.#state.members.values()) {
      const entry = this.catalog.nodes.get(node);
      if (entry === undefined) continue;
      if (node === this.name || this.reaches(node)) this.#lostSince.delete(node);
      else if (!this.#lostSince.has(node)) this.#lostSince.set(node, now);
      const lostFor = now - (this.#lostSince.get(node) ?? now);
      if (lostFor >= REAPED_AFTER && !isServer) {
        this.#state.commit(this, now, { kind: 'node-gone', node });
        continue;
      }
      const status = lostFor >= FAILED_AFTER ? 'critical' : 'passing';
      if (entry.checks.get('serfHealth')?.status === status) continue;
      const output = status === 'passing' ? 'Agent alive and reachable' : 'Agent not live or unreachable';
      const check = { id: 'serfHealth', name: 'Serf Health Status', status, output, type: '', serviceId: '' } as const;
      this.#state.commit(this, now, { kind: 'check', node, check });
    }
  }
}
