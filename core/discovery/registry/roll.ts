import { sameAddress } from '../../address.ts';
import { MILLISECOND, type Clock, type Micros, type Timer } from '../../ports/clock.ts';
import type { Address } from '../../ports/transport.ts';

/** A node that has entered itself. */
export interface Enrolled {
  readonly id: string;
  readonly address: Address;
  readonly label: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly checksum: string | undefined;
  readonly ttlMs: number;
  /** Without a heartbeat the entry ends then. */
  readonly expiresAt: Micros;
}

export type Enrolment = Omit<Enrolled, 'expiresAt'>;

/** What happened to the roll. Heartbeats change nothing that others would look at. */
export interface RollEvent {
  readonly type: 'registered' | 'unregistered' | 'expired';
  /** Of the roll after it. */
  readonly revision: number;
  readonly entry: Enrolled;
}

export interface RollDeps {
  readonly clock: Clock;
  readonly entriesMax: number;
  readonly onEvent: (event: RollEvent) => void;
}

/** `taken`: another node holds the id. */
export type Enrolling = 'new' | 'same' | 'taken' | 'full';

/** Expired entries are looked for no more often than this, however many end at different times. */
const SWEEP_SPACE: Micros = 250 * MILLISECOND;

/** Who is registered, by cluster and id, for as long as they give signs of life. */
export class Roll {
  readonly #deps: RollDeps;
  readonly #entries = new Map<string, Enrolled>();
  #revision = 0;
  #timer: Timer = 0;

  constructor(deps: RollDeps) {
    this.#deps = deps;
  }

  /** Grows with every change of who is registered where. */
  get revision(): number {
    return this.#revision;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** In the order of their registration; of one cluster, or of all when the label is undefined. */
  list(label?: string): Enrolled[] {
    const now = this.#deps.clock.now();
    const all = [...this.#entries.values()].filter(({ expiresAt }) => expiresAt > now);
    return label === undefined ? all : all.filter((entry) => entry.label === label);
  }

  get(label: string, id: string): Enrolled | undefined {
    const entry = this.#entries.get(keyOf(label, id));
    return entry !== undefined && entry.expiresAt > this.#deps.clock.now() ? entry : undefined;
  }

  /** The same node may enter itself again and again: that is a sign of life. */
  enrol(enrolment: Enrolment): Enrolling {
    const { label, id, address, ttlMs } = enrolment;
    const key = keyOf(label, id);
    const held = this.get(label, id);
    if (held !== undefined && !sameAddress(held.address, address)) return 'taken';
    if (held === undefined && this.#entries.has(key)) this.#end(this.#entries.get(key)!, 'expired');
    if (held === undefined && this.size >= this.#deps.entriesMax) return 'full';
    const entry = { ...enrolment, expiresAt: this.#deps.clock.now() + ttlMs * MILLISECOND };
    this.#entries.set(key, entry);
    this.#sweepLater();
    if (held !== undefined && isSame(held, entry)) return 'same';
    this.#tell('registered', entry);
    return held === undefined ? 'new' : 'same';
  }

  /** A sign of life; undefined when nobody of this id is registered. */
  renew(label: string, id: string): Enrolled | undefined {
    const held = this.get(label, id);
    if (held === undefined) return undefined;
    const entry = { ...held, expiresAt: this.#deps.clock.now() + held.ttlMs * MILLISECOND };
    this.#entries.set(keyOf(label, id), entry);
    return entry;
  }

  remove(label: string, id: string): void {
    const held = this.get(label, id);
    if (held !== undefined) this.#end(held, 'unregistered');
  }

  /** Forgets everybody without a word, as a process that ends does. */
  clear(): void {
    this.#deps.clock.cancel(this.#timer);
    this.#timer = 0;
    this.#entries.clear();
  }

  #end(entry: Enrolled, type: 'unregistered' | 'expired'): void {
    this.#entries.delete(keyOf(entry.label, entry.id));
    this.#tell(type, entry);
  }

  #tell(type: RollEvent['type'], entry: Enrolled): void {
    this.#revision += 1;
    this.#deps.onEvent({ type, revision: this.#revision, entry });
  }

  #sweepLater(): void {
    if (this.#timer !== 0 || this.#entries.size === 0) return;
    const { clock } = this.#deps;
    let next = Number.MAX_SAFE_INTEGER;
    for (const { expiresAt } of this.#entries.values()) next = Math.min(next, expiresAt);
    this.#timer = clock.after(Math.max(SWEEP_SPACE, next - clock.now()), () => {
      this.#timer = 0;
      const now = clock.now();
      for (const entry of [...this.#entries.values()]) if (entry.expiresAt <= now) this.#end(entry, 'expired');
      this.#sweepLater();
    });
  }
}

/** The length keeps a label that looks like the beginning of an id apart. */
function keyOf(label: string, id: string): string {
  return `${label.length} ${label} ${id}`;
}

function isSame(one: Enrolled, other: Enrolled): boolean {
  const names = Object.keys(one.tags);
  const sameTags =
    names.length === Object.keys(other.tags).length && names.every((name) => one.tags[name] === other.tags[name]);
  return one.address === other.address && one.checksum === other.checksum && sameTags;
}
