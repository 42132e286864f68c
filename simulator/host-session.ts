import { AddressInUse, InvalidSetting } from '../core/errors.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Crypto } from '../core/ports/crypto.ts';
import type { Random } from '../core/ports/random.ts';
import type { Address, Endpoint, EndpointHandlers, Protocol, Transport } from '../core/ports/transport.ts';
import type { Directory } from './directory.ts';
import { HostClock } from './host-clock.ts';
import type { Kernel } from './kernel.ts';
import type { Host, HostEvent, Store, Suffering } from './program.ts';
import { type Network, SimEndpoint } from './sim-endpoint.ts';
import type { SimHost } from './sim-host.ts';
import { standInCrypto } from './sim-crypto.ts';
import type { Streams } from './streams.ts';
import type { Strikes } from './strikes.ts';
import { sufferedBy } from './told.ts';

/** What of a world a host's ports reach. */
export interface Surroundings {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly directory: Directory;
  readonly network: Network & { reaches(from: SimHost, to: SimHost): boolean };
  readonly streams: Streams;
  readonly strikes: Strikes;
  readonly hosts: readonly SimHost[];
  readonly byName: ReadonlyMap<string, SimHost>;
  emit(host: SimHost, event: HostEvent): void;
}

/** One boot of one host, as its program sees it. Everything in here is deaf and mute once that boot is over. */
export class HostSession implements Host {
  readonly name: string;
  readonly address: Address;
  readonly boot: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly transport: Transport;
  readonly store: Store;
  readonly #host: SimHost;
  readonly #world: Surroundings;
  readonly #endpoints: SimEndpoint<unknown, unknown>[] = [];

  constructor(host: SimHost, world: Surroundings) {
    this.#host = host;
    this.#world = world;
    this.name = host.name;
    this.address = host.address;
    this.boot = host.boot;
    this.clock = new HostClock(world.kernel, host);
    this.random = world.random.fork(`host ${host.name} ${host.boot}`);
    // A stream of its own: how often something is sealed must not shift any other draw.
    this.crypto = standInCrypto(world.random.fork(`nonces ${host.name} ${host.boot}`));
    this.transport = { open: (address, protocol, handlers) => this.#open(address, protocol, handlers) };
    this.store = {
      get: (key) => host.stored.get(key),
      set: (key, value) => {
        if (this.#isCurrent()) host.stored.set(key, value);
      },
    };
  }

  seeds(): readonly Address[] {
    return this.#world.hosts.filter((host) => host.spec.seed === true).map((host) => host.address);
  }

  addressOf(host: string): Address | undefined {
    return this.#world.byName.get(host)?.address;
  }

  suffers(effect: string): Suffering | undefined {
    return sufferedBy(this.#host, effect, this.#world.strikes);
  }

  reaches(host: string): boolean {
    const other = this.#world.byName.get(host);
    return other !== undefined && other.up && this.#world.network.reaches(this.#host, other);
  }

  emit(event: HostEvent): void {
    // Programs in JavaScript reach this unchecked; the trace would fail far from the mistake.
    const type: unknown = (event as HostEvent | null | undefined)?.type;
    if (typeof type !== 'string' || type === '') {
      throw new InvalidSetting('event.type', type, "a text that is not empty, as in emit({ type: 'elected' })");
    }
    if (this.#isCurrent()) this.#world.emit(this.#host, event);
  }

  /** What a crash does to everything that this boot has bound. */
  unbind(): void {
    for (const endpoint of this.#endpoints) if (endpoint.isOpen) endpoint.unbind();
  }

  #open<D, S>(address: Address, protocol: Protocol<D, S>, handlers: EndpointHandlers<D, S>): Endpoint<D, S> {
    const place = this.#world.directory.find(address);
    if (place?.host !== this.#host || !address.startsWith(`${this.#host.ip}:`) || !this.#isCurrent()) {
      throw new InvalidSetting('address', address, `a port on the host's own address, such as ${this.#host.address}`);
    }
    if (place.endpoint !== undefined) throw new AddressInUse(address);
    const endpoint = new SimEndpoint<D, S>(place, protocol, handlers, this.#world.network);
    // The network moves messages of any type from the codec that made them to the codec that reads them.
    const untyped = endpoint as unknown as SimEndpoint<unknown, unknown>;
    place.endpoint = untyped;
    this.#endpoints.push(untyped);
    return endpoint;
  }

  #isCurrent(): boolean {
    return this.#host.up && this.#host.boot === this.boot;
  }
}
