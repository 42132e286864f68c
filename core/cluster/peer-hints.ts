import { decode, encode } from '@msgpack/msgpack';
import { canonicalAddress, isAddress, parseAddress } from '../address.ts';
import { CANDIDATES_MAX } from '../discovery/candidates.ts';
import type { Candidate } from '../discovery/source.ts';
import type { Layer } from '../membership/layers.ts';
import { MILLISECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Address } from '../ports/transport.ts';

/** Nobody sends messages to this layer; the tag only keeps its place. */
const TAG = 0xd2;
/** In one exchange: what a peer says must not drown what our own sources say. */
const TOLD_MAX = 32;
const HEARD_MAX = CANDIDATES_MAX / 4;
/** Unless somebody repeats it. */
const LIFETIME: Micros = 600_000 * MILLISECOND;

/**
 * What peers' sources have found, handed on in exchanges of state: places to try, never facts. Only what own sources
 * found is told, so that no hint goes round in circles after its source has withdrawn it.
 */
export class PeerHints implements Layer {
  readonly tag = TAG;
  readonly #clock: Clock;
  readonly #own: () => readonly Candidate[];
  readonly #isOwn: (address: Address) => boolean;
  /** Until when each address is believed, the latest heard last. */
  readonly #heard = new Map<Address, Micros>();

  constructor(clock: Clock, own: () => readonly Candidate[], isOwn: (address: Address) => boolean) {
    this.#clock = clock;
    this.#own = own;
    this.#isOwn = isOwn;
  }

  /** Places that peers have named lately. */
  get candidates(): readonly Candidate[] {
    const now = this.#clock.now();
    for (const [address, until] of this.#heard) if (until <= now) this.#heard.delete(address);
    return [...this.#heard.keys()].map((address) => ({ address }));
  }

  attach(): void {}

  exportState(): Uint8Array {
    const addresses = this.#own()
      .slice(0, TOLD_MAX)
      .map(({ address }) => address);
    return addresses.length === 0 ? new Uint8Array(0) : encode(addresses);
  }

  mergeState(state: Uint8Array): void {
    for (const address of readAddresses(state)) {
      if (this.#isOwn(address)) continue;
      this.#heard.delete(address);
      this.#heard.set(address, this.#clock.now() + LIFETIME);
    }
    for (const oldest of this.#heard.keys()) {
      if (this.#heard.size <= HEARD_MAX) return;
      this.#heard.delete(oldest);
    }
  }
}

/** Those that could be reached at all; a peer may say anything. */
function readAddresses(state: Uint8Array): Address[] {
  let told: unknown;
  try {
    told = decode(state);
  } catch {
    return [];
  }
  if (!Array.isArray(told)) return [];
  return told.slice(0, TOLD_MAX).flatMap((address: unknown) => {
    if (typeof address !== 'string' || address.length > 64 || !isAddress(address)) return [];
    const { bytes, port } = parseAddress(address);
    return port === 0 || bytes.every((byte) => byte === 0) ? [] : [canonicalAddress(address)];
  });
}
