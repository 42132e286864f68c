import type { Micros } from '../../core/ports/clock.ts';
import type { TraceKind, TraceRecord } from '../../simulator/trace.ts';

const SENDINGS: readonly TraceKind[] = ['send', 'stream-send', 'connect'];
const ARRIVALS: readonly TraceKind[] = ['deliver', 'stream-message', 'open', 'lost'];

/** What a message was is said where it was sent: a run has several hundred thousand records, and they are all kept. */
const NO_PARTS: TraceRecord['parts'] = Object.freeze([]) as TraceRecord['parts'];

/** A stretch of time in which a host was paused. */
export interface Pause {
  readonly begin: TraceRecord;
  /** Undefined while it lasts. */
  readonly end: TraceRecord | undefined;
}

/** Everything that happened in a run, from causes to effects and back. */
export class Chronicle {
  readonly records: TraceRecord[] = [];
  readonly #effects = new Map<number, number[]>();
  readonly #emitted = new Map<string, TraceRecord[]>();
  readonly #lives = new Map<string, TraceRecord[]>();
  readonly #faults: TraceRecord[] = [];

  readonly record = (record: TraceRecord): void => {
    const kept = ARRIVALS.includes(record.kind) ? { ...record, parts: NO_PARTS } : record;
    this.records.push(kept);
    const { cause, kind, host } = kept;
    if (cause >= 0) add(this.#effects, cause, record.event);
    if (kind === 'emit') add(this.#emitted, host, kept);
    else if (kind === 'boot' || kind === 'crash' || kind === 'pause' || kind === 'resume') add(this.#lives, host, kept);
    else if (kind === 'fault-begin' || kind === 'fault-end') this.#faults.push(kept);
  };

  at(event: number): TraceRecord | undefined {
    return this.records[event];
  }

  /** What followed from an event at once: what a program did in it, what was set off, what arrived. */
  effects(event: number): TraceRecord[] {
    return (this.#effects.get(event) ?? []).map((effect) => this.records[effect] as TraceRecord);
  }

  /** The messages that a program sent, and the streams that it opened, while it handled an event. */
  sentIn(event: number): TraceRecord[] {
    return this.effects(event).filter(({ kind }) => SENDINGS.includes(kind));
  }

  /** The event in which something was done: the timer, the message, the boot that a program was handling. */
  stepOf(record: TraceRecord): TraceRecord {
    return this.at(record.cause) ?? record;
  }

  /** What a host emitted, oldest first. */
  emitted(host: string): readonly TraceRecord[] {
    return this.#emitted.get(host) ?? [];
  }

  /** Boots, crashes, pauses and their ends of a host, oldest first. */
  lifeOf(host: string): readonly TraceRecord[] {
    return this.#lives.get(host) ?? [];
  }

  /** Beginnings and ends of faults, oldest first. */
  get faults(): readonly TraceRecord[] {
    return this.#faults;
  }

  beginningOf(fault: string): TraceRecord | undefined {
    return this.#faults.find(({ kind, detail }) => kind === 'fault-begin' && detail === fault);
  }

  /** The crash that a host has not come back from at a time. */
  crashBefore(host: string, event: number): TraceRecord | undefined {
    const latest = this.lifeOf(host).findLast(
      (one) => one.event < event && one.kind !== 'pause' && one.kind !== 'resume',
    );
    return latest?.kind === 'crash' ? latest : undefined;
  }

  /** The pause of a host that overlaps a stretch of time; the latest of several. */
  pauseWithin(host: string, from: Micros, to: Micros): Pause | undefined {
    const life = this.lifeOf(host);
    const last = life.findLastIndex(({ kind, at }) => kind === 'pause' && at <= to);
    const begin = life[last];
    // A crash ends a pause as well.
    const end = life[last + 1];
    return begin === undefined || (end !== undefined && end.at < from) ? undefined : { begin, end };
  }
}

function add<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
