import { MILLISECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Address } from '../ports/transport.ts';
import { State } from '../wire/messages.ts';

export interface Departed {
  readonly name: string;
  readonly address: Address;
  readonly state: typeof State.dead | typeof State.left;
  readonly incarnation: number;
  readonly forgetAt: Micros;
}

/**
 * Those who are gone and no longer listed. Remembered for two reasons: news older than their departure must not
 * bring them back, and the dead among them may only have been cut off, so healing tries them again.
 */
export class DepartedMembers {
  readonly #clock: Clock;
  readonly #memoryMs: number;
  readonly #max: number;
  /** In order of departure: the oldest comes first. */
  readonly #byName = new Map<string, Departed>();

  constructor(clock: Clock, memoryMs: number, max: number) {
    this.#clock = clock;
    this.#memoryMs = memoryMs;
    this.#max = max;
  }

  get size(): number {
    this.#expire();
    return this.#byName.size;
  }

  get(name: string): Departed | undefined {
    this.#expire();
    return this.#byName.get(name);
  }

  remember(name: string, address: Address, state: Departed['state'], incarnation: number): void {
    this.#byName.delete(name);
    const forgetAt = this.#clock.now() + this.#memoryMs * MILLISECOND;
    this.#byName.set(name, { name, address, state, incarnation, forgetAt });
    if (this.#byName.size > this.#max) this.#byName.delete(this.#byName.keys().next().value!);
  }

  forget(name: string): void {
    this.#byName.delete(name);
  }

  /** Those that did not say goodbye. */
  dead(): Departed[] {
    this.#expire();
    return [...this.#byName.values()].filter((one) => one.state === State.dead);
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const one of this.#byName.values()) {
      if (one.forgetAt > now) return;
      this.#byName.delete(one.name);
    }
  }
}
