import type { Micros } from '../core/ports/clock.ts';
import type { Codec, PartVisitor } from '../core/ports/transport.ts';
import { DataDigest } from './data-digest.ts';
import { finish, hashText, mix } from './draws.ts';
import type { HostEvent } from './program.ts';
import { TraceCode } from './trace-code.ts';

/** What a record of the trace says happened, by its number. */
export const TRACE_KINDS = [
  'boot',
  'crash',
  'pause',
  'resume',
  'timer',
  'send',
  'deliver',
  'lost',
  'connect',
  'open',
  'stream-send',
  'stream-message',
  'stream-close',
  'emit',
  'fault-begin',
  'fault-end',
  'command',
] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** One part of a message, as its codec describes it. */
export interface TracePart {
  readonly kind: number;
  /** What the codec calls this kind; '' when it has no name for it. */
  readonly name: string;
  readonly size: number;
  readonly sequence: number;
  readonly subject: string;
  readonly incarnation: number;
}

/** One event of a run, made readable. */
export interface TraceRecord {
  /** Counted from 0 over the whole run. */
  readonly event: number;
  readonly at: Micros;
  readonly kind: TraceKind;
  /** Whose event it is; '' for the world's own. */
  readonly host: string;
  /** The other side, where there is one. */
  readonly peer: string;
  /** Bytes of a message, 0 for what is none. */
  readonly size: number;
  /** Why it was lost or closed, the type of what was emitted, the id of a fault, the name of a command. */
  readonly detail: string;
  /** Stands for the parts of a message, or for the data of what a program emitted: that is how they enter the hash. */
  readonly digest: number;
  /** Present on messages, when the record was made while the run played. */
  readonly parts: readonly TracePart[];
  /** Whatever a program emitted, a fault, or the fault that took a message, when the record was made while the run played. */
  readonly data: unknown;
  /**
   * The number of the event that led to this one, -1 for none: what was heard, or the timer that ran, when a program did
   * it; the sending of what is heard or lost; what set a timer. Known when the record was made while the run played.
   */
  readonly cause: number;
}

/** Events with numbers in [from, to) that a trace keeps whole. */
export interface EventRange {
  readonly from: number;
  readonly to: number;
}

export const EVENTS_PER_BLOCK = 1024;
const RING_EVENTS = 1024;
const COLUMNS = 8;
/** Beyond this many distinct texts (damaged names, say) their hashes are worked out again instead of remembered. */
const REMEMBERED_TEXTS = 100_000;

/**
 * What happened, as integers: a ring of the latest events and a rolling hash over all of them. The hash after every
 * 1,024 events is kept, so that two runs are compared by bisection.
 */
export class Trace {
  /** The event during which a rule was first broken; -1 when that was found by looking at the clock. */
  brokenDuring: number | undefined = undefined;
  readonly #ring = new Int32Array(RING_EVENTS * COLUMNS);
  readonly #blocks: number[] = [];
  readonly #texts: string[] = [''];
  readonly #textHashes: number[] = [0];
  readonly #textNumbers = new Map<string, number>([['', 0]]);
  readonly #hostNames: readonly string[];
  readonly #kept: TraceRecord[] = [];
  readonly #range: EventRange | undefined;
  readonly #onRecord: ((record: TraceRecord) => void) | undefined;
  readonly #onBlock: (() => void) | undefined;
  readonly #data = new DataDigest((text) => this.#hashOf(text));
  #parts: TracePart[] = [];
  #kindNames: Readonly<Record<number, string>> = {};
  #first = 0x2545f491;
  #second = 0x6c078965;
  #events = 0;
  #digest = 0;
  #at: Micros = 0;
  #timeLow = 0;
  #timeHigh = 0;
  #cause = -1;
  #opens = false;

  /** `onBlock` runs when a block is complete and still in the ring. */
  constructor(
    hostNames: readonly string[],
    range?: EventRange,
    onRecord?: (record: TraceRecord) => void,
    onBlock?: () => void,
  ) {
    this.#hostNames = hostNames;
    this.#range = range;
    this.#onRecord = onRecord;
    this.#onBlock = onBlock;
  }

  /** How many events there were. */
  get events(): number {
    return this.#events;
  }

  /** The rolling hash so far: 16 hexadecimal digits. */
  get hash(): string {
    return hex(this.#first) + hex(this.#second);
  }

  /** '' for none. */
  nameOf(host: number): string {
    return this.#hostNames[host] ?? '';
  }

  /** How many blocks of 1,024 events are complete. */
  get blocks(): number {
    return this.#blocks.length / 2;
  }

  /** The rolling hash as it was at the end of a complete block. */
  blockHash(block: number): string {
    return hex(this.#blocks[block * 2] as number) + hex(this.#blocks[block * 2 + 1] as number);
  }

  /** The events that the trace was asked to keep, in order. */
  get kept(): readonly TraceRecord[] {
    return this.#kept;
  }

  /** The latest events, oldest first; their parts and data are gone. */
  latest(count = RING_EVENTS): TraceRecord[] {
    const records: TraceRecord[] = [];
    const from = Math.max(0, this.#events - Math.min(count, RING_EVENTS));
    for (let event = from; event < this.#events; event++) {
      const row = (event % RING_EVENTS) * COLUMNS;
      const column = (index: number): number => this.#ring[row + index] as number;
      const at = column(1) * 4_294_967_296 + (column(0) >>> 0);
      records.push(
        this.#record(event, at, column(2), column(3), column(4), column(5), column(6), column(7), undefined, -1),
      );
    }
    return records;
  }

  /** The events from this number on that the ring still holds, oldest first: number, kind, host, hash of the detail. */
  visit(from: number, visitor: (event: number, kind: number, host: number, detail: number) => void): void {
    for (let event = Math.max(from, this.#events - RING_EVENTS); event < this.#events; event++) {
      const row = (event % RING_EVENTS) * COLUMNS;
      const text = this.#ring[row + 6] as number;
      visitor(event, this.#ring[row + 2] as number, this.#ring[row + 3] as number, this.#textHashes[text] ?? 0);
    }
  }

  /** True while somebody wants records of what happens now: only then is it worth to describe parts twice. */
  get observing(): boolean {
    if (this.#onRecord !== undefined) return true;
    const range = this.#range;
    return range !== undefined && this.#events >= range.from && this.#events < range.to;
  }

  setTime(at: Micros): void {
    this.#at = at;
    this.#timeHigh = Math.floor(at / 4_294_967_296) | 0;
    this.#timeLow = (at - this.#timeHigh * 4_294_967_296) | 0;
  }

  get timeLow(): number {
    return this.#timeLow;
  }

  get timeHigh(): number {
    return this.#timeHigh;
  }

  /** Works out what identifies a message; `event` follows with the digest that this returns. */
  digest<M>(codec: Codec<M>, message: M): number {
    this.#digest = 0;
    if (this.observing) {
      this.#parts = [];
      this.#kindNames = codec.kindNames ?? {};
    }
    codec.parts(message, this.#visit);
    return finish(this.#digest);
  }

  /** What a program emitted. */
  emitted(host: number, event: HostEvent): void {
    this.event(TraceCode.emit, host, -1, 0, event.type, finish(this.#data.event(event)), event);
  }

  /** Describes a message for the record of the next event, leaving the hash alone. */
  describe<M>(codec: Codec<M>, message: M): void {
    if (this.observing) this.digest(codec, message);
  }

  /** What happens from now on follows from this event; the first thing that happens is in turn the cause of the rest. */
  begin(cause: number): void {
    this.#cause = cause;
    this.#opens = true;
  }

  /** The event that whatever happens now follows from. */
  get cause(): number {
    return this.#cause;
  }

  /** A rule is broken, right now. */
  markBroken(): void {
    this.brokenDuring ??= this.#cause < 0 ? -1 : this.#events - 1;
  }

  /** As `event`, for one that follows from another event than what is going on. */
  eventBecause(cause: number, ...event: Parameters<Trace['event']>): void {
    const [going, opens] = [this.#cause, this.#opens];
    this.#cause = cause;
    this.event(...event);
    if (!opens) this.#cause = going;
  }

  /** Hosts are given by index, -1 for none. `digest`: see TraceRecord. */
  event(kind: number, host: number, peer: number, size: number, detail: string, digest: number, data?: unknown): void {
    const text = detail === '' ? 0 : this.#text(detail);
    const textHash = text >= 0 ? (this.#textHashes[text] as number) : hashText(detail);
    const head = kind + host * 32;
    const content = mix(mix(digest, size), textHash);
    this.#first = mix(mix(mix(mix(mix(this.#first, this.#timeLow), this.#timeHigh), head), peer), content);
    this.#second = second(second(second(second(this.#second, this.#timeLow), head), peer), content);
    const ring = this.#ring;
    const row = (this.#events % RING_EVENTS) * COLUMNS;
    ring[row] = this.#timeLow;
    ring[row + 1] = this.#timeHigh;
    ring[row + 2] = kind;
    ring[row + 3] = host;
    ring[row + 4] = peer;
    ring[row + 5] = size;
    ring[row + 6] = text;
    ring[row + 7] = digest;
    if (this.observing) this.#observe(kind, host, peer, size, text, digest, data);
    if (this.#opens) {
      this.#opens = false;
      this.#cause = this.#events;
    }
    if (++this.#events % EVENTS_PER_BLOCK !== 0) return;
    this.#blocks.push(this.#first, this.#second);
    this.#onBlock?.();
  }

  readonly #visit: PartVisitor = (kind, size, sequence, subject, incarnation) => {
    const subjectHash = this.#hashOf(subject);
    this.#digest = mix(mix(mix(mix(this.#digest, kind + size * 256), sequence), subjectHash), incarnation);
    if (!this.observing) return;
    this.#parts.push({ kind, name: this.#kindNames[kind] ?? '', size, sequence, subject, incarnation });
  };

  #observe(kind: number, host: number, peer: number, size: number, text: number, digest: number, data: unknown): void {
    const record = this.#record(this.#events, this.#at, kind, host, peer, size, text, digest, data, this.#cause);
    this.#parts = [];
    const range = this.#range;
    if (range !== undefined && this.#events >= range.from && this.#events < range.to) this.#kept.push(record);
    this.#onRecord?.(record);
  }

  #record(
    event: number,
    at: Micros,
    kind: number,
    host: number,
    peer: number,
    size: number,
    text: number,
    digest: number,
    data: unknown,
    cause: number,
  ): TraceRecord {
    return {
      event,
      at,
      kind: TRACE_KINDS[kind] as TraceKind,
      host: this.nameOf(host),
      peer: this.nameOf(peer),
      size,
      detail: this.#texts[text] ?? '?',
      digest,
      parts: this.#parts,
      data,
      cause,
    };
  }

  #hashOf(text: string): number {
    const number = text === '' ? 0 : this.#text(text);
    return number >= 0 ? (this.#textHashes[number] as number) : hashText(text);
  }

  /** The number of a text, -1 when there are too many to remember. */
  #text(text: string): number {
    const known = this.#textNumbers.get(text);
    if (known !== undefined) return known;
    if (this.#texts.length >= REMEMBERED_TEXTS) return -1;
    const number = this.#texts.push(text) - 1;
    this.#textHashes.push(hashText(text));
    this.#textNumbers.set(text, number);
    return number;
  }
}

/** Another mixing function for the other half of the hash, so that the halves do not collide together. */
function second(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return ((mixed ^ (mixed >>> 15)) + 0x7f4a7c15) | 0;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
