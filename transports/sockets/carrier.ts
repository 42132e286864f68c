import { SECOND, type Clock, type Micros, type Timer } from '../../core/ports/clock.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import type { TransportCounters } from './counters.ts';

/** Bytes that may wait for the kernel to take them; what comes on top is lost, as UDP would lose it. */
const PENDING_MAX = 256 * 1024;
const OPENING_DEADLINE: Micros = 3 * SECOND;
/** Unused for so long, a carrier is closed. */
const IDLE: Micros = 30 * SECOND;
/**
 * After a broken path has healed, TCP may wait a minute before it tries again. A peer that has confirmed nothing for so
 * long is better reached by a new connection.
 */
const UNCONFIRMED: Micros = 3 * SECOND;

/** Takes datagrams to one peer, each behind two bytes of length. All that it reads is that some have arrived. */
export class Carrier implements ConnectionEvents {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #counters: TransportCounters;
  /** `failed`: the peer never took anything. With TLS 1.3 a dialer may be open before it is refused. */
  readonly #onGone: (carrier: Carrier, failed: boolean) => void;
  #timer: Timer;
  #lastUsed: Micros;
  #isOpen = false;
  #isFinished = false;
  #wasConfirmed = false;
  /** Datagrams taken since the peer last confirmed any, and when the first of them was. */
  #unconfirmed = 0;
  #unconfirmedSince: Micros = 0;

  constructor(
    connection: Connection,
    clock: Clock,
    counters: TransportCounters,
    onGone: (carrier: Carrier, failed: boolean) => void,
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#counters = counters;
    this.#onGone = onGone;
    this.#lastUsed = clock.now();
    this.#timer = clock.after(OPENING_DEADLINE, () => connection.reset());
    counters.carriersDialed += 1;
    counters.carriersOpen += 1;
    connection.attach(this);
  }

  /** Whether the datagram is on its way, as far as this side can tell. */
  take(bytes: Uint8Array): boolean {
    if (this.#connection.pending > PENDING_MAX) return false;
    this.#lastUsed = this.#clock.now();
    if (this.#unconfirmed === 0) this.#unconfirmedSince = this.#lastUsed;
    this.#unconfirmed += 1;
    const framed = new Uint8Array(2 + bytes.length);
    framed[0] = bytes.length >> 8;
    framed[1] = bytes.length & 0xff;
    framed.set(bytes, 2);
    this.#connection.write(framed);
    return true;
  }

  get isStuck(): boolean {
    return this.#isOpen && this.#unconfirmed > 0 && this.#clock.now() - this.#unconfirmedSince > UNCONFIRMED;
  }

  /** Sends what waits, then closes. */
  finish(): void {
    this.#isFinished = true;
    this.#connection.finish();
  }

  abandon(): void {
    this.#isFinished = true;
    this.#connection.reset();
  }

  onOpen(): void {
    this.#isOpen = true;
    this.#clock.cancel(this.#timer);
    this.#timer = this.#clock.after(IDLE, () => this.#onIdle());
  }

  onData(): void {
    this.#wasConfirmed = true;
    this.#unconfirmed = 0;
  }

  onEnd(): void {
    this.#connection.close();
  }

  onGone(): void {
    this.#clock.cancel(this.#timer);
    this.#counters.carriersOpen -= 1;
    this.#counters.carrierDatagramsLost += this.#unconfirmed;
    this.#onGone(this, !this.#isFinished && !this.#wasConfirmed);
  }

  #onIdle(): void {
    const rest = this.#lastUsed + IDLE - this.#clock.now();
    if (rest <= 0) this.finish();
    else this.#timer = this.#clock.after(rest, () => this.#onIdle());
  }
}
