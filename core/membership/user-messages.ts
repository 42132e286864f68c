import { MILLISECOND, type Clock } from '../ports/clock.ts';
import { bytesFromText, textFromBytes } from '../wire/text.ts';
import type { EventHub } from './events.ts';
import { concat, readU32, u32, type Layer, type LayerHost } from './layers.ts';
import type { Observe } from './observation.ts';
import { SeenBroadcasts } from './seen-broadcasts.ts';

/** The first byte of our user messages: outside the range that Serf uses. */
export const USER_TAG = 0xd0;
const DIRECT = 0;
const BROADCAST = 1;

/** Bodies kept for repair by push/pull. */
const REPAIR_BYTES = 64 * 1024;

interface Kept {
  readonly payload: Uint8Array;
  readonly until: number;
}

interface Opened {
  readonly from: string;
  /** '' for a direct message. */
  readonly id: string;
  readonly body: Uint8Array;
}

export interface UserMessagesDeps {
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly observe: Observe | undefined;
  /** Tells this life of a node from its earlier ones, so that counters may start again. */
  readonly epoch: () => number;
  /** How long a body is kept for members that missed the gossip: longer than an exchange takes to come round. */
  readonly repairMs: () => number;
}

/**
 * The application's messages: direct ones, and broadcasts that every live member gets exactly once. A broadcast has an
 * id; whoever hears it first passes it on; whoever missed the gossip gets it with the next push/pull.
 */
export class UserMessages implements Layer {
  readonly tag = USER_TAG;
  readonly #deps: UserMessagesDeps;
  readonly #seen = new SeenBroadcasts();
  #kept: Kept[] = [];
  #keptBytes = 0;
  #host: LayerHost | undefined;
  #counter = 0;

  constructor(deps: UserMessagesDeps) {
    this.#deps = deps;
  }

  attach(host: LayerHost): void {
    this.#host = host;
  }

  /** A payload that tells its receiver who sent it. */
  direct(body: Uint8Array): Uint8Array {
    return concat([Uint8Array.of(USER_TAG, DIRECT), nameBytes(this.#host!.name), body]);
  }

  /** The bytes that a broadcast of this body takes in a packet. */
  broadcastSize(body: Uint8Array): number {
    return 2 + nameBytes(this.#host!.name).length + 8 + body.length;
  }

  /** Sends to everybody, ourselves excluded; returns the id that receivers will see. */
  broadcast(body: Uint8Array): string {
    const host = this.#host!;
    this.#counter += 1;
    const numbers = Uint8Array.of(...u32(this.#deps.epoch()), ...u32(this.#counter));
    const payload = concat([Uint8Array.of(USER_TAG, BROADCAST), nameBytes(host.name), numbers, body]);
    const id = idOf(host.name, this.#deps.epoch(), this.#counter);
    this.#seen.isNew(host.name, this.#deps.epoch(), this.#counter);
    this.#deps.observe?.({ type: 'broadcast', origin: host.name, id, own: true });
    this.#passOn(id, payload);
    return id;
  }

  onMessage(payload: Uint8Array): void {
    const opened = this.#open(payload);
    if (opened === undefined) return;
    const { from, id, body } = opened;
    if (id === '') {
      this.#deps.observe?.({ type: 'message', from });
      this.#deps.hub.emit({ type: 'message', from, payload: body });
      return;
    }
    this.#deps.observe?.({ type: 'broadcast', origin: from, id, own: false });
    this.#deps.hub.emit({ type: 'broadcast', from, id, payload: body });
    this.#passOn(id, payload);
  }

  exportState(): Uint8Array {
    this.#expire();
    return concat(this.#kept.flatMap(({ payload }) => [Uint8Array.of(...u32(payload.length)), payload]));
  }

  mergeState(state: Uint8Array): void {
    for (let at = 0; at + 4 <= state.length;) {
      const length = readU32(state, at);
      if (at + 4 + length > state.length) return;
      // A copy: what we keep must not pin the whole of the state that it came in.
      this.onMessage(state.slice(at + 4, at + 4 + length));
      at += 4 + length;
    }
  }

  /** Undefined for what is malformed, our own, or a broadcast that was delivered before. */
  #open(payload: Uint8Array): Opened | undefined {
    if (payload[0] !== USER_TAG || payload.length < 3) return undefined;
    const nameEnd = 3 + payload[2]!;
    if (nameEnd > payload.length) return undefined;
    const from = textFromBytes(payload.subarray(3, nameEnd));
    if (payload[1] === DIRECT) return { from, id: '', body: payload.slice(nameEnd) };
    if (payload[1] !== BROADCAST || nameEnd + 8 > payload.length) return undefined;
    const epoch = readU32(payload, nameEnd);
    const counter = readU32(payload, nameEnd + 4);
    if (!this.#seen.isNew(from, epoch, counter)) return undefined;
    return { from, id: idOf(from, epoch, counter), body: payload.slice(nameEnd + 8) };
  }

  #passOn(id: string, payload: Uint8Array): void {
    this.#expire();
    this.#kept.push({ payload, until: this.#deps.clock.now() + this.#deps.repairMs() * MILLISECOND });
    this.#keptBytes += payload.length;
    while (this.#keptBytes > REPAIR_BYTES) this.#dropOldest();
    this.#host!.gossip(id, payload);
  }

  #expire(): void {
    const now = this.#deps.clock.now();
    while (this.#kept.length > 0 && this.#kept[0]!.until <= now) this.#dropOldest();
  }

  #dropOldest(): void {
    this.#keptBytes -= this.#kept.shift()!.payload.length;
  }
}

function idOf(origin: string, epoch: number, counter: number): string {
  return `${origin}/${epoch}/${counter}`;
}

/** A name behind its length, for which one byte must do. */
function nameBytes(name: string): Uint8Array {
  const bytes = bytesFromText(name);
  return concat([Uint8Array.of(bytes.length), bytes]);
}
