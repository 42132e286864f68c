import type { DnsMessage } from '../../dns/message.ts';
import type { MulticastDns, MulticastEndpoint } from '../../ports/multicast-dns.ts';
import type { Address } from '../../ports/transport.ts';

export type Listener = (message: DnsMessage, from: Address) => void;

/** What a user of the link holds until it leaves. */
export interface Seat {
  readonly send: MulticastEndpoint['send'];
  leave(): void;
}

/** One endpoint for all that a source does, open for as long as it does anything. */
export class SharedLink {
  readonly #multicast: MulticastDns;
  readonly #interfaces: readonly string[];
  readonly #listeners = new Set<Listener>();
  /** Who waits for the endpoint: nobody closes it under them. */
  #joining = 0;
  #endpoint: Promise<MulticastEndpoint> | undefined;
  /** The same, once it is there. */
  #open: MulticastEndpoint | undefined;

  constructor(multicast: MulticastDns, interfaces: readonly string[]) {
    this.#multicast = multicast;
    this.#interfaces = interfaces;
  }

  /** The listener hears what comes from then on: the first sockets of an endpoint hear before the last one is open. */
  async join(listener: Listener): Promise<Seat> {
    this.#endpoint ??= this.#multicast.open(this.#interfaces, {
      onMessage: (message, from) => {
        for (const one of [...this.#listeners]) one(message, from);
      },
    });
    const opening = this.#endpoint;
    this.#joining += 1;
    try {
      const endpoint = await opening;
      this.#open = endpoint;
      this.#listeners.add(listener);
      return { send: (message, to) => endpoint.send(message, to), leave: () => this.#leave(listener) };
    } catch (error) {
      if (this.#endpoint === opening) this.#endpoint = undefined;
      throw error;
    } finally {
      this.#joining -= 1;
    }
  }

  #leave(listener: Listener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size + this.#joining > 0) return;
    this.#open?.close();
    this.#open = undefined;
    this.#endpoint = undefined;
  }
}
