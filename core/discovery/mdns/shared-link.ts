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
  #endpoint: Promise<MulticastEndpoint> | undefined;
  /** The same, once it is there. */
  #open: MulticastEndpoint | undefined;

  constructor(multicast: MulticastDns, interfaces: readonly string[]) {
    this.#multicast = multicast;
    this.#interfaces = interfaces;
  }

  async join(listener: Listener): Promise<Seat> {
    this.#listeners.add(listener);
    this.#endpoint ??= this.#multicast.open(this.#interfaces, {
      onMessage: (message, from) => {
        for (const one of [...this.#listeners]) one(message, from);
      },
    });
    const opening = this.#endpoint;
    try {
      const endpoint = await opening;
      this.#open = endpoint;
      return { send: (message, to) => endpoint.send(message, to), leave: () => this.#leave(listener) };
    } catch (error) {
      this.#listeners.delete(listener);
      if (this.#endpoint === opening) this.#endpoint = undefined;
      throw error;
    }
  }

  #leave(listener: Listener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#open?.close();
    this.#open = undefined;
    this.#endpoint = undefined;
  }
}
