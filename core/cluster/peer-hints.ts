import { decode, encode } from '@msgpack/msgpack';
import { canonicalAddress, isPlace, parseAddress, type ParsedAddress } from '../address.ts';
import { CANDIDATES_MAX } from '../discovery/candidates.ts';
import type { Candidate } from '../discovery/source.ts';
import type { Layer } from '../membership/layers.ts';
import { MILLISECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';

/** Nobody sends messages to this layer; the tag only keeps its place. */
const TAG = 0xd2;
/** In one exchange: what a peer says must not drown what our own sources say. */
const TOLD_MAX = 32;
const HEARD_MAX = CANDIDATES_MAX / 4;
/** Unless somebody repeats it. */
const LIFETIME: Micros = 600_000 * MILLISECOND;
/** More than so many addresses can take. */
const STATE_MAX_BYTES = 2_560;
/** Nothing but one flat list of texts: whatever else a peer says must not cost memory. */
const LIMITS = { maxArrayLength: TOLD_MAX, maxStrLength: 64, maxMapLength: 0, maxBinLength: 0, maxExtLength: 0 };

export interface PeerHintsDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** What own sources have found. */
  readonly own: () => readonly Candidate[];
  readonly isOwn: (address: Address) => boolean;
  /** Where others know this node. */
  readonly address: Address;
}

/**
 * What peers' sources have found, handed on in exchanges of state: places to try, never facts. Only what own sources
 * found is told, so that no hint goes round in circles after its source has withdrawn it.
 */
export class PeerHints implements Layer {
  readonly tag = TAG;
  readonly #deps: PeerHintsDeps;
  readonly #isLocal: boolean;
  /** Until when each address is believed, the latest heard last. */
  readonly #heard = new Map<Address, Micros>();

  constructor(deps: PeerHintsDeps) {
    this.#deps = deps;
    this.#isLocal = isLoopback(parseAddress(deps.address));
  }

  /** Places that peers have named lately. */
  get candidates(): readonly Candidate[] {
    const now = this.#deps.clock.now();
    for (const [address, until] of this.#heard) if (until <= now) this.#heard.delete(address);
    return [...this.#heard.keys()].map((address) => ({ address }));
  }

  attach(): void {}

  exportState(): Uint8Array {
    const all = this.#deps.own().map(({ address }) => address);
    // Others each time, so that in the end all are told.
    const told = all.length <= TOLD_MAX ? all : this.#deps.random.shuffle(all).slice(0, TOLD_MAX);
    return told.length === 0 ? new Uint8Array(0) : encode(told);
  }

  mergeState(state: Uint8Array): void {
    for (const address of readAddresses(state)) {
      if (this.#deps.isOwn(address) || !this.#isWelcome(parseAddress(address))) continue;
      this.#heard.delete(address);
      this.#heard.set(address, this.#deps.clock.now() + LIFETIME);
    }
    for (const oldest of this.#heard.keys()) {
      if (this.#heard.size <= HEARD_MAX) return;
      this.#heard.delete(oldest);
    }
  }

  /** A peer that names groups, links or our own machine wants us to shout, or to knock on doors for it. */
  #isWelcome(place: ParsedAddress): boolean {
    return isOneMachine(place) && (this.#isLocal || !isLoopback(place));
  }
}

/** Places to reach; a peer may say anything. */
function readAddresses(state: Uint8Array): Address[] {
  if (state.length > STATE_MAX_BYTES) return [];
  let told: unknown;
  try {
    told = decode(state, LIMITS);
  } catch {
    return [];
  }
  if (!Array.isArray(told)) return [];
  return told.flatMap((address: unknown) => {
    return typeof address === 'string' && isPlace(address) ? [canonicalAddress(address)] : [];
  });
}

function isOneMachine({ bytes }: ParsedAddress): boolean {
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 4) return first < 224 && !(first === 169 && second === 254);
  return first !== 0xff && !(first === 0xfe && (second & 0xc0) === 0x80);
}

function isLoopback({ bytes }: ParsedAddress): boolean {
  if (bytes.length === 4) return bytes[0] === 127;
  return bytes[15] === 1 && bytes.subarray(0, 15).every((byte) => byte === 0);
}
