import { Membership } from '../../core/membership/membership.ts';
import type { MembershipPorts } from '../../core/membership/options.ts';
import type { Layer } from '../../core/membership/layers.ts';
import type { Observe } from '../../core/membership/observation.ts';
import type { MembershipSettings } from '../../core/membership/settings.ts';
import type { Micros } from '../../core/ports/clock.ts';
import type { Address } from '../../core/ports/transport.ts';

/** A place in some world where a node can live, again and again. */
export interface Seat {
  readonly name: string;
  readonly address: Address;
  /** Binds the address; `ready` hears what a node there is given. */
  open(ready: (ports: MembershipPorts) => void): void;
  /** Closes the address at once, as the end of a process does; done when it is free again. */
  close(): Promise<void> | void;
}

export interface NodeSetup {
  readonly settings: MembershipSettings;
  readonly observe: Observe;
  readonly onRoundTrip: (roundTrip: Micros) => void;
}

/** The node of one seat, with all its lives. */
export class Occupant {
  readonly seat: Seat;
  readonly #setup: NodeSetup;
  #membership: Membership | undefined;
  #incarnation = 0;

  constructor(seat: Seat, setup: NodeSetup) {
    this.seat = seat;
    this.#setup = setup;
  }

  /** Binds; `ready` hears when the node could join. */
  prepare(ready: () => void): void {
    const { name, address } = this.seat;
    const { settings, observe, onRoundTrip } = this.#setup;
    this.seat.open((ports) => {
      this.#membership = new Membership({
        name,
        address,
        ports,
        settings,
        observe,
        incarnation: this.#incarnation,
        layers: [roundTripLayer(onRoundTrip)],
      });
      ready();
    });
  }

  join(seeds: readonly Address[]): void {
    // A seed that does not answer is tried again by the node itself.
    this.#membership?.join(seeds).catch(() => {});
  }

  /** Ends without a goodbye, as a killed process does. */
  kill(): void {
    this.#incarnation = this.#membership?.incarnation ?? this.#incarnation;
    this.#membership?.stop();
    this.#membership = undefined;
    void this.seat.close();
  }
}

/** Hears the round trip of every probe that was answered. */
function roundTripLayer(onRoundTrip: (roundTrip: Micros) => void): Layer {
  return { tag: 0xfe, attach() {}, onAck: (_peer, roundTrip) => onRoundTrip(roundTrip) };
}
