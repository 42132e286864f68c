import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';

/** What waits for answers to one ping. */
export interface Asker {
  onAck(payload: Uint8Array | undefined, from: Address): void;
}

/**
 * Pings under way, by sequence number: never by the member asked, so that a direct, an indirect and a relayed probe of
 * one member do not disturb each other.
 */
export class Questions {
  readonly #askers = new Map<number, Asker>();
  #sequence: number;

  constructor(random: Random) {
    // Not from zero: a restarted node must not take answers to its past life for its own.
    this.#sequence = random.int(0x4000_0000);
  }

  /** A number for a question whose answers the caller recognises by itself. */
  next(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }

  open(asker: Asker): number {
    const sequence = this.next();
    this.#askers.set(sequence, asker);
    return sequence;
  }

  close(sequence: number): void {
    this.#askers.delete(sequence);
  }

  ack(sequence: number, payload: Uint8Array | undefined, from: Address): void {
    this.#askers.get(sequence)?.onAck(payload, from);
  }

  clear(): void {
    this.#askers.clear();
  }
}
