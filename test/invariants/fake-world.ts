import { State } from '../../core/wire/messages.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Checker, HostView, Invariant, Violation, WorldView } from '../../simulator/invariant.ts';
import type { Rule } from '../../simulator/invariants/rule.ts';
import { invariantsOf } from '../../simulator/invariants/rule.ts';
import type { MemberEvent } from '../../simulator/member-events.ts';
import type { NodeEvent } from '../../simulator/node-events.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Transition = Extract<MemberEvent, { type: 'transition' }>;

export const SECOND = 1_000_000;

/** What a told transition may say beyond who, about whom and what; the rest follows from what was told before. */
export interface Told {
  incarnation?: number;
  cause?: Transition['cause'];
  by?: string;
  address?: string;
  meta?: string;
}

/** A world that only tells stories: the test says what happens, the judges listen. */
export class FakeWorld implements WorldView {
  readonly hosts: Mutable<HostView>[];
  readonly violations: Violation[] = [];
  readonly points: string[] = [];
  readonly faults: readonly Fault[];
  time = 0;
  healedSince: number | undefined = 0;
  readonly touched = new Map<string, number>();
  readonly #checkers: Checker[];
  readonly #held = new Map<string, { state: State | undefined; incarnation: number; address: string; meta: string }>();

  constructor(
    names: readonly string[],
    invariants: readonly Invariant[],
    { bystanders = [], faults = [] }: { bystanders?: readonly string[]; faults?: readonly Fault[] } = {},
  ) {
    this.faults = faults;
    this.hosts = names.map((name, index) => ({
      name,
      index,
      address: `10.0.0.${index + 1}:7946`,
      up: false,
      paused: false,
      boot: 0,
      since: 0,
      timers: 0,
      running: undefined,
      bystander: bystanders.includes(name),
    }));
    this.#checkers = invariants.map((invariant) => invariant.create(this));
  }

  /** `count` hosts a, b, c … under the one rule, booted and known to each other. */
  static formed(count: number, rule: Rule, faults: readonly Fault[] = []): FakeWorld {
    const names = [...'abcdefghijklmnopqrstuvwxyz'].slice(0, count);
    const world = new FakeWorld(names, invariantsOf([rule]), { faults });
    for (const host of world.hosts) world.boot(host.name);
    for (const host of world.hosts) {
      for (const other of world.hosts) if (other !== host) world.tell(host.name, other.name, 'alive');
    }
    return world;
  }

  now(): number {
    return this.time;
  }

  host(name: string): Mutable<HostView> | undefined {
    return this.hosts.find((host) => host.name === name);
  }

  lastTouched(host: string): number {
    return this.touched.get(host) ?? 0;
  }

  healed(): boolean {
    return this.healedSince !== undefined;
  }

  healedAt(): number {
    return this.healedSince ?? Number.POSITIVE_INFINITY;
  }

  violate(violation: Omit<Violation, 'at'>): void {
    this.violations.push({ ...violation, at: this.time });
  }

  reached(point: string): void {
    this.points.push(point);
  }

  /** The ids and subjects of what was violated so far. */
  get broken(): string[] {
    return this.violations.map(({ invariant, subject }) => `${invariant} ${subject}`);
  }

  at(seconds: number): this {
    this.time = seconds * SECOND;
    return this;
  }

  tick(): this {
    for (const checker of this.#checkers) checker.onTick?.();
    return this;
  }

  end(): this {
    for (const checker of this.#checkers) checker.onEnd?.();
    return this;
  }

  /** Ticks once per second until then. */
  runTo(seconds: number): this {
    while (this.time + SECOND <= seconds * SECOND) {
      this.time += SECOND;
      this.tick();
    }
    return this.at(seconds);
  }

  boot(name: string, incarnation = 1, member = name): this {
    const host = this.#named(name);
    host.up = true;
    host.boot++;
    host.since = this.time;
    for (const key of this.#held.keys()) if (key.startsWith(`${name}>`)) this.#held.delete(key);
    for (const checker of this.#checkers) checker.onHost?.(host, 'boot');
    const { address } = host;
    return this.tell(name, member, 'alive', { incarnation, cause: 'self', address });
  }

  crash(name: string): this {
    const host = this.#named(name);
    host.up = false;
    host.since = this.time;
    for (const checker of this.#checkers) checker.onHost?.(host, 'crash');
    return this;
  }

  /** `observer` changes its view of `subject`. */
  tell(observer: string, subject: string, to: keyof typeof State | 'forgotten', told: Told = {}): this {
    const key = `${observer}>${subject}`;
    const before = this.#held.get(key);
    const address = told.address ?? before?.address ?? this.host(subject)?.address ?? '';
    const after = {
      state: to === 'forgotten' ? undefined : State[to],
      incarnation: told.incarnation ?? before?.incarnation ?? 1,
      address,
      meta: told.meta ?? before?.meta ?? '',
    };
    this.#held.set(key, after);
    return this.emit(observer, {
      type: 'transition',
      subject,
      from: before?.state,
      to: after.state,
      fromIncarnation: before?.incarnation ?? 0,
      incarnation: after.incarnation,
      address,
      meta: new TextEncoder().encode(after.meta),
      cause: told.cause ?? 'gossip',
      by: told.by ?? (to === 'left' ? subject : to === 'suspect' || to === 'dead' ? 'z' : ''),
    });
  }

  probe(observer: string, subject: string): this {
    return this.emit(observer, { type: 'probe', subject, listed: this.hosts.length - 1 });
  }

  emit(name: string, event: MemberEvent | NodeEvent): this {
    for (const checker of this.#checkers) checker.onEvent?.(this.#named(name), event);
    return this;
  }

  send(from: string, size: number, times = 1, to = '10.0.0.99:7946'): this {
    for (let i = 0; i < times; i++) {
      for (const checker of this.#checkers) checker.onSend?.(this.#named(from), to, size);
    }
    return this;
  }

  #named(name: string): Mutable<HostView> {
    const host = this.host(name);
    if (host === undefined) throw new Error(`there is no host ${name}`);
    return host;
  }
}
