import { MILLISECOND, type Clock, type Micros } from '../ports/clock.ts';
import { State, type PeerState } from '../wire/messages.ts';

interface Remembered {
  readonly statement: PeerState;
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
  readonly #byName = new Map<string, Remembered>();

  constructor(clock: Clock, memoryMs: number, max: number) {
    this.#clock = clock;
    this.#memoryMs = memoryMs;
    this.#max = max;
  }

  get(name: string): PeerState | undefined {
    this.#expire();
    return this.#byName.get(name)?.statement;
  }

  /** `statement` says dead or left. */
  remember(statement: PeerState): void {
    const { name } = statement.about;
    this.#byName.delete(name);
    this.#byName.set(name, { statement, forgetAt: this.#clock.now() + this.#memoryMs * MILLISECOND });
    if (this.#byName.size > this.#max) this.#byName.delete(this.#byName.keys().next().value!);
  }

  forget(name: string): void {
    this.#byName.delete(name);
  }

  all(): PeerState[] {
    this.#expire();
    return [...this.#byName.values()].map((one) => one.statement);
  }

  /** Those that did not say goodbye. */
  dead(): PeerState[] {
    return this.all().filter((one) => one.state === State.dead);
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [name, { forgetAt }] of this.#byName) {
      if (forgetAt > now) return;
      this.#byName.delete(name);
    }
  }
}
