/** A machine in the account of a cloud. */
export interface CloudMachine {
  readonly name: string;
  readonly ip: string;
  readonly publicIp?: string;
  readonly ipv6?: string;
  /** Tags, or labels where the cloud calls them so. */
  readonly tags?: Readonly<Record<string, string>>;
  /** GCE: network tags, which have no values. */
  readonly networkTags?: readonly string[];
  readonly zone?: string;
  /** `running` unless given. */
  readonly state?: 'pending' | 'running' | 'stopped';
  /** Azure: a network interface that belongs to no machine. */
  readonly detached?: boolean;
  /** The ECS service, or the scale set, that it belongs to. */
  readonly group?: string;
}

export interface CloudAccountOptions {
  readonly machines?: readonly CloudMachine[];
  /** A machine that was launched is listed only so much later; its tags appear as much later again. */
  readonly lagMs?: number;
  /** A machine that was terminated stays listed as running so much longer. */
  readonly lingerMs?: number;
  /** Calls that all of the account together may make at once, and how many are given back per second. */
  readonly burst?: number;
  readonly perSecond?: number;
  /** No answer holds more machines than this, whatever was asked for. */
  readonly pageSize?: number;
  readonly credentialSeconds?: number;
  /** Azure: how the scale sets of the account are orchestrated. */
  readonly scaleSets?: Readonly<Record<string, 'Uniform' | 'Flexible'>>;
}

interface Listed {
  readonly machine: CloudMachine;
  readonly sinceMs: number;
  untilMs: number;
}

interface LentSecret {
  readonly secret: string;
  readonly endMs: number;
}

/** The state of an account, shared by all replicas of its services. Times are milliseconds of the services' wall clocks. */
export class CloudAccount {
  readonly options: Required<Omit<CloudAccountOptions, 'machines'>>;
  readonly #machines: Listed[] = [];
  readonly #lent = new Map<string, LentSecret>();
  #count = 0;
  #room: number;
  #roomAtMs: number | undefined;
  /** What was asked so far, for checkers and tests. */
  readonly counted = { calls: 0, throttled: 0, lent: 0 };

  constructor({ machines = [], ...options }: CloudAccountOptions = {}) {
    this.options = {
      lagMs: 0,
      lingerMs: 0,
      burst: 100,
      perSecond: 20,
      pageSize: 1_000,
      credentialSeconds: 6 * 3_600,
      scaleSets: {},
      ...options,
    };
    this.#room = this.options.burst;
    for (const machine of machines) this.#add(machine, Number.NEGATIVE_INFINITY);
  }

  launch(machine: CloudMachine, nowMs: number): void {
    this.terminate(machine.name, nowMs);
    this.#add(machine, nowMs);
  }

  terminate(name: string, nowMs: number): void {
    for (const listed of this.#machines) {
      if (listed.machine.name === name) listed.untilMs = Math.min(listed.untilMs, nowMs + this.options.lingerMs);
    }
  }

  /** What the services know at a time, by name: new machines appear late and bare, old ones linger. */
  machinesAt(nowMs: number): readonly CloudMachine[] {
    const { lagMs } = this.options;
    const seen = this.#machines.filter(({ sinceMs, untilMs }) => sinceMs + lagMs <= nowMs && nowMs < untilMs);
    const known = seen.map(({ machine, sinceMs }) => {
      return sinceMs + 2 * lagMs <= nowMs ? machine : { ...machine, tags: {}, networkTags: [] };
    });
    return known.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Whether another call fits into what all of the account may ask. */
  mayAsk(nowMs: number): boolean {
    const { burst, perSecond } = this.options;
    const passed = Math.max(0, nowMs - (this.#roomAtMs ?? nowMs));
    this.#room = Math.min(burst, this.#room + (passed * perSecond) / 1_000);
    this.#roomAtMs = nowMs;
    this.counted.calls += 1;
    if (this.#room < 1) {
      this.counted.throttled += 1;
      return false;
    }
    this.#room -= 1;
    return true;
  }

  /** Lends a credential that expires. */
  lend(kind: string, nowMs: number, seconds = this.options.credentialSeconds): LentSecret & { readonly id: string } {
    this.#count += 1;
    this.counted.lent += 1;
    const lent = { secret: `${kind}-secret-${this.#count}`, endMs: nowMs + seconds * 1_000 };
    const id = `${kind}-${this.#count}`;
    this.#lent.set(id, lent);
    return { id, ...lent };
  }

  /** The secret of a credential; undefined when there is none of that name, or it has expired. */
  secretOf(id: string, nowMs: number): string | undefined {
    const lent = this.#lent.get(id);
    return lent !== undefined && nowMs < lent.endMs ? lent.secret : undefined;
  }

  /** A key that does not expire. */
  keep(id: string, secret: string): void {
    this.#lent.set(id, { secret, endMs: Number.POSITIVE_INFINITY });
  }

  /** All that was lent expires now. */
  expireAll(): void {
    for (const [id, { endMs }] of this.#lent) if (endMs !== Number.POSITIVE_INFINITY) this.#lent.delete(id);
  }

  #add(machine: CloudMachine, sinceMs: number): void {
    this.#machines.push({ machine, sinceMs, untilMs: Number.POSITIVE_INFINITY });
  }
}
