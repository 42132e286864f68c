import type { Address } from '../core/ports/transport.ts';
import type { Place } from './sim-endpoint.ts';
import type { SimHost } from './sim-host.ts';

/** Finds what is behind an address, with one lookup on the way of a packet. */
export class Directory {
  readonly #places = new Map<Address, Place>();
  readonly #hostOfIp = new Map<string, SimHost>();

  /** Makes a host known under its present address. */
  register(host: SimHost): void {
    this.#hostOfIp.set(host.ip, host);
    this.#placeOn(host.address, host);
  }

  /** Undefined for addresses that no host of this world ever had. */
  find(address: Address): Place | undefined {
    return this.#places.get(address) ?? this.#findByIp(address);
  }

  // Only ports that a known host could bind are remembered, so garbage addresses do not pile up.
  #findByIp(address: Address): Place | undefined {
    const colon = address.lastIndexOf(':');
    const host = this.#hostOfIp.get(address.slice(0, colon));
    if (host === undefined) return undefined;
    const port = Number(address.slice(colon + 1));
    if (!Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
    return this.#placeOn(address, host);
  }

  #placeOn(address: Address, host: SimHost): Place {
    const place = { address, host, endpoint: undefined };
    this.#places.set(address, place);
    return place;
  }
}
