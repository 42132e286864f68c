import type { Micros } from '../core/ports/clock.ts';
import type { Address } from '../core/ports/transport.ts';
import type { Checker, HostView, Invariant, Violation, WorldView } from './invariant.ts';
import type { HostEvent } from './program.ts';

/** Violations beyond this many are dropped: by then the first ones have told the story. */
const MOST_VIOLATIONS = 1000;

/** The invariants of one run, each asked only for what it wants to hear. */
export class Checkers {
  readonly violations: Violation[] = [];
  readonly reached = new Set<string>();
  /** Undefined when nobody listens, so that the hot path can skip the call. */
  readonly onSend: ((from: HostView, to: Address, size: number) => void) | undefined;
  readonly ticks: boolean;
  readonly #all: readonly Checker[];
  readonly #onEvent: readonly Checker[];
  readonly #known = new Set<string>();

  constructor(invariants: readonly Invariant[], world: WorldView) {
    this.#all = invariants.map((invariant) => invariant.create(world));
    this.#onEvent = this.#all.filter((checker) => checker.onEvent !== undefined);
    this.ticks = this.#all.some((checker) => checker.onTick !== undefined);
    const onSend = this.#all.filter((checker) => checker.onSend !== undefined);
    if (onSend.length > 0) {
      this.onSend = (from, to, size) => {
        for (const checker of onSend) checker.onSend?.(from, to, size);
      };
    }
  }

  event(host: HostView, event: HostEvent): void {
    for (const checker of this.#onEvent) checker.onEvent?.(host, event);
  }

  host(host: HostView, change: 'boot' | 'crash' | 'pause' | 'resume'): void {
    for (const checker of this.#all) checker.onHost?.(host, change);
  }

  tick(): void {
    for (const checker of this.#all) checker.onTick?.();
  }

  end(): void {
    for (const checker of this.#all) checker.onEnd?.();
  }

  /** Keeps the first violation of each identity: invariant, subject and phase. */
  violate(violation: Omit<Violation, 'at'>, at: Micros): void {
    const identity = JSON.stringify([violation.invariant, violation.subject, violation.phase]);
    if (this.#known.has(identity) || this.violations.length >= MOST_VIOLATIONS) return;
    this.#known.add(identity);
    this.violations.push({ ...violation, at });
  }
}
