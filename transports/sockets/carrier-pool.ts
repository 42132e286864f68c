import { canonicalAddress } from '../../core/address.ts';
import { SECOND, type Clock, type Micros } from '../../core/ports/clock.ts';
import type { Address } from '../../core/ports/transport.ts';
import { Carrier } from './carrier.ts';
import type { Connection } from './connection.ts';
import { countCode, type TransportCounters } from './counters.ts';
import type { DatagramPath } from './datagram-path.ts';

/** A peer that could not be reached is left alone for so long. */
const REST: Micros = 1 * SECOND;
/** What is left when the transport closes has so long to leave. */
const FAREWELL: Micros = 1 * SECOND;
/** The length in front of a datagram has two bytes. */
const DATAGRAM_MAX = 0xffff;

/**
 * Datagrams on connections, one per peer that something is sent to. Only we choose where these lead: what peers open to
 * us carries nothing back, so that nobody's claim about itself redirects what we send.
 */
export class CarrierPool implements DatagramPath {
  readonly #clock: Clock;
  readonly #counters: TransportCounters;
  readonly #dial: (to: Address) => Connection;
  readonly #carriersMax: number;
  /** In the order of their use. */
  readonly #carriers = new Map<Address, Carrier>();
  /** When peers that could not be reached are tried again, in that order. */
  readonly #resting = new Map<Address, Micros>();
  /** Carriers that left the pool count until they are gone. */
  readonly #leaving = new Set<Carrier>();
  #onEmpty: (() => void) | undefined;

  /** `dial` opens a connection that says what it is for. Beyond `carriersMax` whichever rested longest is closed. */
  constructor(clock: Clock, counters: TransportCounters, dial: (to: Address) => Connection, carriersMax: number) {
    this.#clock = clock;
    this.#counters = counters;
    this.#dial = dial;
    this.#carriersMax = carriersMax;
  }

  send(to: Address, bytes: Uint8Array): void {
    if (this.#onEmpty !== undefined) return;
    const { sendErrors } = this.#counters;
    if (bytes.length > DATAGRAM_MAX) return countCode(sendErrors, 'EMSGSIZE');
    if (this.#carrierTo(canonicalAddress(to))?.take(bytes) !== true) {
      this.#counters.carrierDatagramsLost += 1;
      return;
    }
    this.#counters.datagramsSent += 1;
    this.#counters.datagramBytesSent += bytes.length;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(FAREWELL, resolve);
      this.#onEmpty = () => {
        this.#clock.cancel(timer);
        resolve();
      };
      for (const peer of this.#carriers.keys()) this.#retire(peer, 'finish');
      if (this.#leaving.size === 0) this.#onEmpty();
    });
  }

  #carrierTo(peer: Address): Carrier | undefined {
    const carrier = this.#carriers.get(peer);
    if (carrier?.isStuck === true) this.#retire(peer, 'abandon');
    else if (carrier !== undefined) {
      this.#carriers.delete(peer);
      this.#carriers.set(peer, carrier);
      return carrier;
    }
    return this.#isResting(peer) ? undefined : this.#open(peer);
  }

  #open(peer: Address): Carrier {
    const connection = this.#dial(peer);
    const carrier = new Carrier(connection, this.#clock, this.#counters, (gone, failed) => {
      this.#leaving.delete(gone);
      if (this.#carriers.get(peer) === gone) this.#carriers.delete(peer);
      if (failed) this.#rest(peer);
      if (this.#carriers.size + this.#leaving.size === 0) this.#onEmpty?.();
    });
    this.#carriers.set(peer, carrier);
    const [oldest] = this.#carriers.keys();
    if (this.#carriers.size > this.#carriersMax) this.#retire(oldest as Address, 'finish');
    return carrier;
  }

  #retire(peer: Address, how: 'finish' | 'abandon'): void {
    const carrier = this.#carriers.get(peer) as Carrier;
    this.#carriers.delete(peer);
    this.#leaving.add(carrier);
    carrier[how]();
  }

  #rest(peer: Address): void {
    this.#counters.carriersFailed += 1;
    this.#resting.set(peer, this.#clock.now() + REST);
    const [oldest] = this.#resting.keys();
    if (this.#resting.size > this.#carriersMax) this.#resting.delete(oldest as Address);
  }

  #isResting(peer: Address): boolean {
    const until = this.#resting.get(peer);
    if (until === undefined) return false;
    if (this.#clock.now() < until) return true;
    this.#resting.delete(peer);
    return false;
  }
}
