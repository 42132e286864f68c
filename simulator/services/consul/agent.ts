import { MILLISECOND, SECOND, type Micros, type Timer } from '../../../core/ports/clock.ts';
import type { FakePorts } from '../fake-service.ts';
import type { NodeEntry } from './catalog.ts';
import type { CheckPlan, ServiceDefinition } from './definitions.ts';
import { ConsulRefusal, type Change, type CheckRecord, type CheckStatus } from './records.ts';
import type { ConsulServer } from './server.ts';
import type { ConsulState, Member, Replica } from './state.ts';

/** Asks what a check asks; false when it is not well. */
export type Probe = (target: NonNullable<CheckPlan['target']>) => Promise<boolean>;

export interface AgentOptions {
  readonly address: string;
  /** Without a data directory it forgets what it was told when it restarts. */
  readonly persists: boolean;
  /** From a change to its arrival at the servers. */
  readonly syncMs: number;
  /** Without one, HTTP and TCP checks stay as they are. */
  readonly probe: Probe | undefined;
}

const FULL_SYNC: Micros = 60 * SECOND;
const SYNC_RETRY: Micros = 3 * SECOND;
const REAP: Micros = 30 * SECOND;

interface Local extends ServiceDefinition {
  /** By the id of a check, how it is, since when it is critical, and what will happen to it. */
  readonly states: Map<string, CheckState>;
}

interface CheckState {
  plan: CheckPlan;
  record: CheckRecord;
  criticalSince: Micros | undefined;
  timer: Timer;
}

/** What one host's agent was told, how its checks are, and its efforts to make the servers believe the same. */
export class ConsulAgent implements Member {
  readonly name: string;
  readonly address: string;
  readonly isServer: boolean;
  readonly #ports: FakePorts;
  readonly #state: ConsulState;
  readonly #server: ConsulServer | undefined;
  readonly #options: AgentOptions;
  readonly services = new Map<string, Local>();
  #syncing: Timer = 0;

  constructor(ports: FakePorts, state: ConsulState, server: ConsulServer | undefined, options: AgentOptions) {
    this.name = ports.name;
    this.address = options.address;
    this.isServer = server !== undefined;
    this.#ports = ports;
    this.#state = state;
    this.#server = server;
    this.#options = options;
    const before = state.members.get(this.name)?.disk as readonly ServiceDefinition[] | undefined;
    state.members.set(this.name, this);
    for (const definition of before ?? []) this.#keep(definition);
    this.#sync();
    this.#every(FULL_SYNC, () => this.#sync());
    this.#every(REAP, () => this.#reap());
  }

  get disk(): readonly ServiceDefinition[] {
    return this.#options.persists
      ? [...this.services.values()].map(({ service, checks }) => ({ service, checks }))
      : [];
  }

  /** A server to ask: this one, or any that is heard. */
  get server(): Replica | undefined {
    return this.#server ?? [...this.#state.replicas.values()].find(({ name }) => this.#ports.reaches(name));
  }

  register(definition: ServiceDefinition): void {
    this.#drop(definition.service.id);
    this.#keep(definition);
    this.#syncSoon();
  }

  deregister(id: string): void {
    if (!this.services.has(id)) {
      throw new ConsulRefusal(
        404,
        `Unknown service ID "${id}". Ensure that the service ID is passed, not the service name.`,
      );
    }
    this.#drop(id);
    this.#syncSoon();
  }

  /** It restarts and has lost what it was told. */
  forget(): void {
    for (const id of [...this.services.keys()]) this.#drop(id);
    this.#syncSoon();
  }

  /** The service says itself how it is. */
  hears(checkId: string, status: CheckStatus, output: string): void {
    const state = this.#checkStates().find(({ record }) => record.id === checkId);
    if (state === undefined) {
      throw new ConsulRefusal(
        404,
        `Unknown check ID "${checkId}". Ensure that the check ID is passed, not the check name.`,
      );
    }
    if (state.plan.ttlMs === undefined) {
      throw new ConsulRefusal(500, `CheckID "${checkId}" does not have associated TTL`);
    }
    this.#awaitWord(state);
    this.#becomes(state, status, output);
  }

  maintain(id: string, enable: boolean, reason: string): void {
    const local = this.services.get(id);
    if (local === undefined) throw new ConsulRefusal(404, `Unknown service ID "${id}".`);
    const checkId = `_service_maintenance:${id}`;
    local.states.delete(checkId);
    if (enable) {
      const output = reason || 'Maintenance mode is enabled for this service, but no reason was provided.';
      const names = { id: checkId, name: 'Service Maintenance Mode', type: 'maintenance', serviceId: id };
      const record: CheckRecord = { ...names, status: 'critical', output };
      local.states.set(checkId, { plan: { record }, record, criticalSince: undefined, timer: 0 });
    }
    this.#syncSoon();
  }

  checks(): CheckRecord[] {
    return this.#checkStates().map(({ record }) => record);
  }

  #checkStates(): CheckState[] {
    return [...this.services.values()].flatMap(({ states }) => [...states.values()]);
  }

  #keep(definition: ServiceDefinition): void {
    const states = new Map<string, CheckState>();
    this.services.set(definition.service.id, { ...definition, states });
    for (const plan of definition.checks) {
      const state: CheckState = { plan, record: plan.record, criticalSince: undefined, timer: 0 };
      if (plan.record.status === 'critical') state.criticalSince = this.#ports.clock.now();
      states.set(plan.record.id, state);
      if (plan.ttlMs !== undefined) this.#awaitWord(state);
      else this.#probeLater(state);
    }
  }

  #drop(id: string): void {
    for (const { timer } of this.services.get(id)?.states.values() ?? []) this.#ports.clock.cancel(timer);
    this.services.delete(id);
  }

  #awaitWord(state: CheckState): void {
    const { clock } = this.#ports;
    clock.cancel(state.timer);
    state.timer = clock.after(state.plan.ttlMs! * MILLISECOND, () => this.#becomes(state, 'critical', 'TTL expired'));
  }

  #probeLater(state: CheckState): void {
    const { plan } = state;
    const { probe } = this.#options;
    if (probe === undefined || plan.target === undefined) return;
    const ask = async (): Promise<void> => {
      const isWell = await probe(plan.target!);
      if (this.services.get(plan.record.serviceId)?.states.get(plan.record.id) !== state) return;
      this.#becomes(state, isWell ? 'passing' : 'critical', isWell ? '200 OK' : 'no answer');
      this.#probeLater(state);
    };
    state.timer = this.#ports.clock.after(plan.intervalMs! * MILLISECOND, () => void ask());
  }

  #becomes(state: CheckState, status: CheckStatus, output: string): void {
    const isNew = state.record.status !== status;
    state.record = { ...state.record, status, output };
    if (status !== 'critical') state.criticalSince = undefined;
    else state.criticalSince ??= this.#ports.clock.now();
    // What a check says alone travels later: with the next full look.
    if (isNew) this.#syncSoon();
  }

  #reap(): void {
    const now = this.#ports.clock.now();
    for (const { plan, criticalSince, record } of this.#checkStates()) {
      const { deregisterAfterMs } = plan;
      if (deregisterAfterMs === undefined || criticalSince === undefined) continue;
      if (now - criticalSince < deregisterAfterMs * MILLISECOND) continue;
      this.#drop(record.serviceId);
      this.#syncSoon();
    }
  }

  #syncSoon(): void {
    const { clock } = this.#ports;
    clock.cancel(this.#syncing);
    this.#syncing = clock.after(this.#options.syncMs * MILLISECOND, () => this.#sync());
  }

  /** Anti-entropy: whatever the servers have of this node becomes what the agent knows. */
  #sync(): void {
    const { clock } = this.#ports;
    const { server } = this;
    const leader = server?.leader();
    if (server === undefined || leader === undefined) {
      clock.cancel(this.#syncing);
      this.#syncing = clock.after(SYNC_RETRY, () => this.#sync());
      return;
    }
    const node = this.name;
    const commit = (change: Change): void => this.#state.commit(server, clock.now(), change);
    if (leader.catalog.nodes.get(node)?.address !== this.address) commit({ kind: 'node', node, address: this.address });
    const known = leader.catalog.nodes.get(node)!;
    for (const id of [...known.services.keys()]) if (!this.services.has(id)) commit({ kind: 'service-gone', node, id });
    for (const { service } of this.services.values()) {
      if (!isKnown(service, known.services.get(service.id))) commit({ kind: 'service', node, service });
    }
    this.#syncChecks(known, commit);
  }

  #syncChecks(known: NodeEntry, commit: (change: Change) => void): void {
    const records = new Map(this.#checkStates().map(({ record }) => [record.id, record]));
    for (const { id, serviceId } of [...known.checks.values()]) {
      if (serviceId !== '' && !records.has(id)) commit({ kind: 'check-gone', node: this.name, id });
    }
    for (const check of records.values()) {
      if (!isKnown(check, known.checks.get(check.id))) commit({ kind: 'check', node: this.name, check });
    }
  }

  #every(period: Micros, work: () => void): void {
    const { clock, random } = this.#ports;
    const wait = period + random.int(Math.floor(period / 16));
    clock.after(wait, () => {
      work();
      this.#every(period, work);
    });
  }
}

/** Whether the servers have the same; their stamps are their own affair. */
function isKnown(own: object, known: object | undefined): boolean {
  const held = known as Readonly<Record<string, unknown>> | undefined;
  return (
    held !== undefined &&
    Object.entries(own).every(([key, value]) => JSON.stringify(held[key]) === JSON.stringify(value))
  );
}
