import { MILLISECOND, SECOND, type Clock, type Micros } from '../../core/ports/clock.ts';
import type { Suffering } from '../program.ts';

/** A fault that acts now. */
export interface ActiveFault {
  readonly effect: string;
  readonly argument: unknown;
  /** On the board's clock; undefined for a fault that stays until somebody takes it back. */
  readonly endsAt: Micros | undefined;
}

/** What a fake outside of any world has to suffer: faults that a test or a person begins and takes back. */
export class FaultBoard {
  readonly #clock: Clock;
  #faults: readonly ActiveFault[] = [];
  readonly #struck = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Without `forMs` it stays until `clear`. A later fault of the same effect hides an earlier one. */
  begin(effect: string, argument?: unknown, forMs?: number): void {
    const endsAt = forMs === undefined ? undefined : this.#clock.now() + Math.round(forMs * MILLISECOND);
    this.#faults = [...this.active, { effect, argument, endsAt }];
  }

  /** Ends all faults, or those of one effect. */
  clear(effect?: string): void {
    this.#faults = effect === undefined ? [] : this.active.filter((fault) => fault.effect !== effect);
  }

  get active(): readonly ActiveFault[] {
    return this.#faults.filter(({ endsAt }) => endsAt === undefined || endsAt > this.#clock.now());
  }

  /** How often each effect has struck. */
  get struck(): ReadonlyMap<string, number> {
    return this.#struck;
  }

  /** As `FakePorts.suffers`. */
  readonly suffers = (effect: string): Suffering | undefined => {
    const fault = this.active.findLast((one) => one.effect === effect);
    if (fault === undefined) return undefined;
    const strike = (): void => void this.#struck.set(effect, (this.#struck.get(effect) ?? 0) + 1);
    return { argument: fault.argument, strike };
  };

  /** For people: seconds instead of a place on the clock. */
  told(): readonly { readonly effect: string; readonly argument: unknown; readonly secondsLeft: number | null }[] {
    return this.active.map(({ effect, argument, endsAt }) => ({
      effect,
      argument: argument ?? null,
      secondsLeft: endsAt === undefined ? null : (endsAt - this.#clock.now()) / SECOND,
    }));
  }
}
