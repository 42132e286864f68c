import type { Micros } from '../ports/clock.ts';
import type { Description } from '../wire/messages.ts';
import type { DropReason } from './counters.ts';

/** What a layer may ask of the node that it sits on. */
export interface LayerHost {
  readonly name: string;
  now(): Micros;
  /** Live members, self included. */
  size(): number;
  /** Whether a member of this name is listed or, if it departed, still remembered. */
  knows(name: string): boolean;
  /** Puts a user message into the gossip queue; a later one with the same key replaces it. */
  gossip(key: string, payload: Uint8Array): void;
  /** Lets a member that died count as having left, here and everywhere. The living and the unknown stay as they are. */
  retire(name: string): void;
  /** Counts something that was not believed. */
  drop(reason: DropReason): void;
}

/**
 * Something that lives on top of membership. Several sit on one node, each behind the first byte of its user messages
 * (`tag`) and a section of its own in push/pull state. One layer may have no tag: it owns all user messages that no
 * other layer claims and the head of the push/pull state, as Serf does.
 */
export interface Layer {
  readonly tag: number | undefined;
  attach(host: LayerHost): void;
  /** The node has stopped: what is asked of the host now is lost. */
  detach?(): void;
  /** A user message with this layer's tag, by datagram, stream or gossip. It must not be changed. */
  onMessage?(payload: Uint8Array): void;
  /** Extra payloads for an outgoing gossip packet: at most `bytes` in all, `overhead` counted for each. */
  broadcasts?(overhead: number, bytes: number): readonly Uint8Array[];
  /** State to hand to a peer; empty when there is none. */
  exportState?(join: boolean): Uint8Array;
  mergeState?(state: Uint8Array, join: boolean): void;
  /** A message that is gossiped, when we leave, before our goodbye is. */
  lastWord?(): Uint8Array;
  /** An operator retired a member here: those who know only this layer's words must hear of it. */
  onRetired?(name: string): void;
  /** What rides on acks to proven members. */
  ackPayload?(): Uint8Array;
  onAck?(peer: Description, roundTrip: Micros, payload: Uint8Array): void;
  /** An exchange of state that this node began has succeeded, after so long. */
  onExchange?(duration: Micros): void;
  /** This node has told its side of an exchange, in so many bytes. */
  onStatement?(bytes: number): void;
  /** A reason to refuse this member. */
  vetoAlive?(about: Description): string | undefined;
  /** A reason to refuse a whole exchange when clusters meet. */
  vetoMerge?(others: readonly Description[]): string | undefined;
  /** A reason to keep a name where it is although the old address no longer answers. */
  vetoMove?(held: Description, claimed: Description): string | undefined;
}

/** Marks the tail of a push/pull state that holds tagged sections: read from the end, so that other software sees only the head. */
const MAGIC = [0x52, 0x43, 0x4c, 0x31];
const TRAILER = 4 + MAGIC.length;

/** All layers of a node as one. */
export class Layers {
  readonly #layers: readonly Layer[];
  readonly #untagged: Layer | undefined;
  /** Whether some layer adds payloads of its own to gossip packets. */
  readonly broadcasting: boolean;
  /** Those with a word in probes: nearly always none, and probes are many. */
  readonly #acking: readonly Layer[];
  readonly #measuring: readonly Layer[];
  /** Whether some layer wants to know how large statements are: counting takes a look at all members. */
  readonly weighing: boolean;

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
    this.#untagged = layers.find((layer) => layer.tag === undefined);
    this.broadcasting = layers.some((layer) => layer.broadcasts !== undefined);
    this.#acking = layers.filter((layer) => layer.ackPayload !== undefined);
    this.#measuring = layers.filter((layer) => layer.onAck !== undefined);
    this.weighing = layers.some((layer) => layer.onStatement !== undefined);
  }

  attach(host: LayerHost): void {
    for (const layer of this.#layers) {
      // What one layer calls its news must not replace another's.
      const gossip = (key: string, payload: Uint8Array): void => host.gossip(`${layer.tag ?? ''}/${key}`, payload);
      layer.attach({ ...host, gossip });
    }
  }

  detach(): void {
    for (const layer of this.#layers) layer.detach?.();
  }

  onMessage(payload: Uint8Array): void {
    const layer = this.#layers.find((one) => one.tag !== undefined && one.tag === payload[0]) ?? this.#untagged;
    layer?.onMessage?.(payload);
  }

  broadcasts(overhead: number, bytes: number): Uint8Array[] {
    const all: Uint8Array[] = [];
    let left = bytes;
    for (const layer of this.#layers) {
      for (const payload of layer.broadcasts?.(overhead, left) ?? []) {
        if (payload.length + overhead > left) break;
        left -= payload.length + overhead;
        all.push(payload);
      }
    }
    return all;
  }

  exportState(join: boolean): Uint8Array {
    const head = this.#untagged?.exportState?.(join) ?? new Uint8Array(0);
    const sections: Uint8Array[] = [];
    for (const layer of this.#layers) {
      if (layer.tag === undefined) continue;
      const state = layer.exportState?.(join);
      if (state === undefined || state.length === 0) continue;
      sections.push(Uint8Array.of(layer.tag, ...u32(state.length)), state);
    }
    if (sections.length === 0) return head;
    const tail = concat(sections);
    return concat([head, tail, Uint8Array.of(...u32(tail.length), ...MAGIC)]);
  }

  mergeState(state: Uint8Array, join: boolean): void {
    let head = state;
    const end = state.length - TRAILER;
    if (end >= 0 && MAGIC.every((byte, i) => state[end + 4 + i] === byte)) {
      const start = end - readU32(state, end);
      if (start >= 0) {
        this.#mergeSections(state.subarray(start, end), join);
        head = state.subarray(0, start);
      }
    }
    if (head.length > 0) this.#untagged?.mergeState?.(head, join);
  }

  lastWords(): Uint8Array[] {
    return this.#layers.flatMap((layer) => layer.lastWord?.() ?? []);
  }

  onRetired(name: string): void {
    for (const layer of this.#layers) layer.onRetired?.(name);
  }

  ackPayload(): Uint8Array | undefined {
    for (const layer of this.#acking) {
      const payload = layer.ackPayload?.();
      if (payload !== undefined && payload.length > 0) return payload;
    }
    return undefined;
  }

  onAck(peer: Description, roundTrip: Micros, payload: Uint8Array | undefined): void {
    for (const layer of this.#measuring) layer.onAck?.(peer, roundTrip, payload ?? new Uint8Array(0));
  }

  onExchange(duration: Micros): void {
    for (const layer of this.#layers) layer.onExchange?.(duration);
  }

  onStatement(bytes: number): void {
    for (const layer of this.#layers) layer.onStatement?.(bytes);
  }

  vetoAlive(about: Description): string | undefined {
    return this.#first((layer) => layer.vetoAlive?.(about));
  }

  vetoMerge(others: readonly Description[]): string | undefined {
    return this.#first((layer) => layer.vetoMerge?.(others));
  }

  vetoMove(held: Description, claimed: Description): string | undefined {
    return this.#first((layer) => layer.vetoMove?.(held, claimed));
  }

  #mergeSections(sections: Uint8Array, join: boolean): void {
    for (let at = 0; at + 5 <= sections.length;) {
      const length = readU32(sections, at + 1);
      const layer = this.#layers.find((one) => one.tag === sections[at]);
      if (at + 5 + length > sections.length) return;
      layer?.mergeState?.(sections.subarray(at + 5, at + 5 + length), join);
      at += 5 + length;
    }
  }

  #first(ask: (layer: Layer) => string | undefined): string | undefined {
    for (const layer of this.#layers) {
      const reason = ask(layer);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }
}

export function u32(value: number): [number, number, number, number] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
