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
/** Anybody on a link may say anything; nobody may fill our memory. */
const RECORDS_MAX = 10_000;

/** What a node has heard on its links (RFC 6762, section 10). */
export class RecordCache {
  readonly #heard = new Map<string, Heard>();

  /** All that counts now. */
  all(now: Micros): readonly Heard[] {
    for (const [key, { until }] of this.#heard) if (until <= now) this.#heard.delete(key);
    return [...this.#heard.values()];
  }

  /** Whether anything else counts now. */
  take(records: readonly DnsRecord[], now: Micros): boolean {
    let changed = false;
    for (const record of records) changed = this.#takeOne(record, now) || changed;
    return changed;
  }

  #takeOne(record: DnsRecord, now: Micros): boolean {
    const key = keyOf(record);
    const known = this.#heard.get(key);
    const isKnown = known !== undefined && known.until > now;
    if (record.flush) this.#flush(record, key, now);
    if (record.ttl === 0) {
      if (!isKnown || known.until <= now + GRACE) return false;
      this.#heard.set(key, endingAt(known, now + GRACE));
      return true;
    }
    if (!isKnown && this.#heard.size >= RECORDS_MAX) return false;
    this.#heard.set(key, { record, at: now, until: now + record.ttl * SECOND, refreshes: 0 });
    return !isKnown;
  }

  /** Others of the name and type are out of date, unless they belong to the same announcement (section 10.2). */
  #flush({ name, type }: DnsRecord, key: string, now: Micros): void {
    for (const [other, heard] of this.#heard) {
      const isReplaced =
        other !== key && heard.record.type === type && plainName(heard.record.name) === plainName(name);
      if (!isReplaced || heard.at > now - SECOND || heard.until <= now + GRACE) continue;
      this.#heard.set(other, endingAt(heard, now + GRACE));
    }
  }
}

/** Nobody asks again for what is on its way out. */
function endingAt(heard: Heard, until: Micros): Heard {
  return { ...heard, until, refreshes: Infinity };
}

/** Records are the same when all but their lifetime is. */
export function keyOf(record: DnsRecord): string {
  return `${record.type} ${plainName(record.name)} ${dataBytes(record).join(',')}`;
}

export function isAbout({ name, type }: DnsQuestion, record: DnsRecord): boolean {
  return (type === 'ANY' || type === record.type) && plainName(name) === plainName(record.name);
}
