import { SECOND, type Clock, type Micros, type Timer } from '../../core/ports/clock.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import type { TransportCounters } from './counters.ts';

/** Twice the sender's patience: normally it closes first. */
const IDLE: Micros = 60 * SECOND;
const RECEIPT = Uint8Array.of(1);

export interface CarrierEvents {
  /** It said something that can be read. */
  onHeard(): void;
  /** It holds so many bytes more than before, or less. */
  onHeld(more: number): void;
  onGone(): void;
}

/** Datagrams that a peer sends us on a connection. All that is said back is that some have arrived. */
export class InboundCarrier implements ConnectionEvents {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #counters: TransportCounters;
  readonly #deliver: (bytes: Uint8Array) => boolean;
  readonly #events: CarrierEvents;
  #timer: Timer;
  /** When it last said something that can be read; what cannot be read is no better than silence. */
  #lastHeard: Micros;
  /** How long it may be silent: at first no longer than any other connection. */
  #patience: Micros;
  /** The beginning of a datagram: at most its length and 65535 bytes. */
  #held: Uint8Array = new Uint8Array(0);

  constructor(
    connection: Connection,
    clock: Clock,
    counters: TransportCounters,
    deadline: Micros,
    deliver: (bytes: Uint8Array) => boolean,
    events: CarrierEvents,
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#counters = counters;
    this.#deliver = deliver;
    this.#events = events;
    this.#lastHeard = clock.now();
    this.#patience = deadline;
    this.#timer = clock.after(deadline, () => this.#onIdle());
    counters.carriersAccepted += 1;
    counters.carriersOpen += 1;
    connection.attach(this);
  }

  get heldBytes(): number {
    return this.#held.length;
  }

  /** Closes it for the sake of others. */
  cut(): void {
    this.#hold(new Uint8Array(0));
    this.#connection.reset();
  }

  onData(bytes: Uint8Array): void {
    const all = joined(this.#held, bytes);
    let start = 0;
    let heard = false;
    while (all.length - start >= 2) {
      const end = start + 2 + ((all[start]! << 8) | all[start + 1]!);
      if (end > all.length) break;
      this.#counters.datagramsReceived += 1;
      this.#counters.datagramBytesReceived += end - start - 2;
      if (this.#deliver(all.subarray(start + 2, end))) heard = true;
      start = end;
    }
    if (heard) {
      this.#lastHeard = this.#clock.now();
      this.#patience = IDLE;
      this.#events.onHeard();
    }
    if (start > 0 && this.#connection.pending === 0) this.#connection.write(RECEIPT);
    this.#hold(all.slice(start));
  }

  onEnd(): void {
    this.#connection.close();
  }

  onGone(): void {
    this.#clock.cancel(this.#timer);
    this.#counters.carriersOpen -= 1;
    this.#hold(new Uint8Array(0));
    this.#events.onGone();
  }

  #hold(bytes: Uint8Array): void {
    const more = bytes.length - this.#held.length;
    this.#held = bytes;
    if (more !== 0) this.#events.onHeld(more);
  }

  #onIdle(): void {
    const rest = this.#lastHeard + this.#patience - this.#clock.now();
    if (rest <= 0) this.#connection.close();
    else this.#timer = this.#clock.after(rest, () => this.#onIdle());
  }
}

function joined(held: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (held.length === 0) return bytes;
  const all = new Uint8Array(held.length + bytes.length);
  all.set(held);
  all.set(bytes, held.length);
  return all;
}
