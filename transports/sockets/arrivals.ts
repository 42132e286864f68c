import type { Clock, Timer } from '../../core/ports/clock.ts';
import type { Address } from '../../core/ports/transport.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import { InboundCarriers, type InboundCarriersParts } from './inbound-carriers.ts';
import { addressOf } from './place.ts';
import { readOpening, type Opening } from './preamble.ts';
import type { Switchboard } from './switchboard.ts';
import { WELCOME } from './welcome.ts';

/** The deadline bounds also the wait for a connection to say what it is for. */
export interface ArrivalsParts extends InboundCarriersParts {
  readonly switchboard: Switchboard;
  /** The connection is a carrier: it counts as a stream no longer. */
  release(connection: Connection): void;
}

/** Connections on a port where streams and carriers arrive: each says first which it is. */
export class Arrivals {
  readonly #parts: ArrivalsParts;
  readonly #carriers: InboundCarriers;

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
    this.#carriers = new InboundCarriers(parts);
  }

  onConnection(connection: Connection, host: string, port: number): void {
    connection.attach(
      new Arrival(connection, this.#parts, (opening, rest) => {
        if (opening.purpose === 'stream') this.#acceptStream(connection, addressOf(host, port), opening.size > 0);
        else if (opening.purpose === 'datagrams') this.#acceptCarrier(connection, host, opening.port);
        else {
          this.#parts.counters.openingsUnknown += 1;
          connection.reset();
        }
        connection.feed(rest);
      }),
    );
  }

  #acceptStream(connection: Connection, peer: Address, awaitsWelcome: boolean): void {
    const { switchboard } = this.#parts;
    if (awaitsWelcome && switchboard.attached !== undefined) connection.write(Uint8Array.of(WELCOME));
    switchboard.accept(connection, peer);
  }

  /** Datagrams come from where we see them come from; only the port is told, as the connection has another one. */
  #acceptCarrier(connection: Connection, host: string, port: number): void {
    const { switchboard, release } = this.#parts;
    const from = addressOf(host, port);
    release(connection);
    this.#carriers.accept(connection, host, (bytes) => switchboard.deliver(bytes, from));
  }
}

/** A connection that has not said yet what it is for. */
class Arrival implements ConnectionEvents {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #onOpening: (opening: Opening, rest: Uint8Array) => void;
  readonly #timer: Timer;
  #held: readonly number[] = [];

  constructor(
    connection: Connection,
    { clock, counters, deadline }: ArrivalsParts,
    onOpening: (opening: Opening, rest: Uint8Array) => void,
  ) {
    this.#connection = connection;
    this.#clock = clock;
    this.#onOpening = onOpening;
    this.#timer = clock.after(deadline, () => {
      counters.streamTimeouts += 1;
      connection.reset();
    });
  }

  onData(bytes: Uint8Array): void {
    const all = this.#held.length === 0 ? bytes : Uint8Array.of(...this.#held, ...bytes);
    const opening = readOpening(all);
    if (opening === undefined) {
      this.#held = [...all];
      return;
    }
    this.#clock.cancel(this.#timer);
    this.#onOpening(opening, opening.purpose === 'unknown' ? all : all.subarray(opening.size));
  }

  onEnd(): void {
    this.#connection.close();
  }

  onGone(): void {
    this.#clock.cancel(this.#timer);
  }
}
