import type { Clock, Micros } from '../../core/ports/clock.ts';
import type { Connection } from './connection.ts';
import type { TransportCounters } from './counters.ts';
import { InboundCarrier } from './inbound-carrier.ts';

export interface CarrierLimits {
  /** Open at once. */
  readonly total: number;
  /** Of these, from one address: a peer needs one or two, but a machine may have many peers. */
  readonly perHost: number;
  /** Beginnings of datagrams, of all carriers together. */
  readonly heldBytes: number;
}

export interface InboundCarriersParts {
  readonly clock: Clock;
  readonly counters: TransportCounters;
  readonly limits: CarrierLimits;
  /** Bounds the wait for a carrier's first datagram. */
  readonly deadline: Micros;
}

/** All connections on which peers send us datagrams. Nobody new is refused: whoever is least missed makes room. */
export class InboundCarriers {
  readonly #parts: InboundCarriersParts;
  /** With their hosts; whoever was silent longest comes first. */
  readonly #hosts = new Map<InboundCarrier, string>();
  #heldBytes = 0;

  constructor(parts: InboundCarriersParts) {
    this.#parts = parts;
  }

  /** `deliver` tells whether the bytes meant something. */
  accept(connection: Connection, host: string, deliver: (bytes: Uint8Array) => boolean): void {
    const { clock, counters, deadline } = this.#parts;
    this.#makeRoom(host);
    const carrier = new InboundCarrier(connection, clock, counters, deadline, deliver, {
      onHeard: () => {
        if (this.#hosts.delete(carrier)) this.#hosts.set(carrier, host);
      },
      onHeld: (more) => {
        this.#heldBytes += more;
        if (this.#heldBytes > this.#parts.limits.heldBytes) this.#cut(this.#greediest());
      },
      onGone: () => void this.#hosts.delete(carrier),
    });
    this.#hosts.set(carrier, host);
  }

  #makeRoom(host: string): void {
    const { total, perHost } = this.#parts.limits;
    const all = [...this.#hosts.keys()];
    const neighbours = all.filter((one) => this.#hosts.get(one) === host);
    if (neighbours.length >= perHost) this.#cut(neighbours[0]!);
    else if (all.length >= total) this.#cut(all[0]!);
  }

  #greediest(): InboundCarrier {
    return [...this.#hosts.keys()].reduce((most, one) => (one.heldBytes > most.heldBytes ? one : most));
  }

  #cut(carrier: InboundCarrier): void {
    this.#parts.counters.carriersCut += 1;
    // It is gone only in a turn of its own, and must not be counted until then.
    this.#hosts.delete(carrier);
    carrier.cut();
  }
}
