import { dataBytes } from '../../dns/encode.ts';
import type { DnsQuestion, DnsRecord } from '../../dns/message.ts';
import { plainName } from '../../dns/names.ts';
import { SECOND, type Micros } from '../../ports/clock.ts';

/** A record that was heard, and how long it counts. */
export interface Heard {
  readonly record: DnsRecord;
  readonly at: Micros;
  readonly until: Micros;
  /** How many of its refreshes are behind it. */
  refreshes: number;
}

/** Goodbyes, and records that others have taken the place of, count for a little longer: others may still object. */
const GRACE: Micros = SECOND;
/** Anybody on a link may say anything; nobody may fill our memory. Avahi keeps as many. */
const RECORDS_MAX = 4_096;
/** Nor may anybody stay in it for years: nothing that is on a link for long goes unasked for longer. */
const TTL_MAX = 4_500;

/** What a node has heard on its links (RFC 6762, section 10). */
export class RecordCache {
  /** By name and type, because one announcement takes the place of all others of its name and type. */
  readonly #sets = new Map<string, Map<string, Heard>>();
  #size = 0;

  /** All that counts now. */
  all(now: Micros): readonly Heard[] {
    const all: Heard[] = [];
    for (const [name, set] of this.#sets) {
      for (const [key, heard] of set) {
        if (heard.until > now) all.push(heard);
        else if (set.delete(key)) this.#size -= 1;
      }
      if (set.size === 0) this.#sets.delete(name);
    }
    return all;
  }

  /** Whether anything else counts now. */
  take(records: readonly DnsRecord[], now: Micros): boolean {
    let changed = false;
    for (const record of records) changed = this.#takeOne(record, now) || changed;
    return changed;
  }

  #takeOne(record: DnsRecord, now: Micros): boolean {
    const name = setOf(record);
    const key = keyOf(record);
    const set = this.#sets.get(name) ?? new Map<string, Heard>();
    const known = set.get(key);
    const isKnown = known !== undefined && known.until > now;
    if (record.flush) flush(set, key, now);
    if (record.ttl === 0) {
      if (!isKnown || known.until <= now + GRACE) return false;
      set.set(key, endingAt(known, now + GRACE));
      return true;
    }
    if (known === undefined) {
      if (this.#size >= RECORDS_MAX) return false;
      this.#size += 1;
    }
    const until = now + Math.min(record.ttl, TTL_MAX) * SECOND;
    this.#sets.set(name, set.set(key, { record, at: now, until, refreshes: 0 }));
    return !isKnown;
  }
}

/** Others of the name and type are out of date, unless they belong to the same announcement (section 10.2). */
function flush(set: Map<string, Heard>, key: string, now: Micros): void {
  for (const [other, heard] of set) {
    if (other === key || heard.at > now - SECOND || heard.until <= now + GRACE) continue;
    set.set(other, endingAt(heard, now + GRACE));
  }
}

/** Nobody asks again for what is on its way out. */
function endingAt(heard: Heard, until: Micros): Heard {
  return { ...heard, until, refreshes: Infinity };
}

/** Records are the same when all but their lifetime is. */
export function keyOf(record: DnsRecord): string {
  return `${setOf(record)} ${dataBytes(record).join(',')}`;
}

function setOf({ type, name }: DnsRecord): string {
  return `${type} ${plainName(name)}`;
}

export function isAbout({ name, type }: DnsQuestion, record: DnsRecord): boolean {
  return (type === 'ANY' || type === record.type) && plainName(name) === plainName(record.name);
}
