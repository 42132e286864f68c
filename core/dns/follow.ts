import { ResolveFailed } from '../ports/resolver.ts';
import type { DnsAnswer } from '../ports/resolver.ts';
import { RCODE, type DnsMessage, type DnsQuestion, type DnsRecord, type RecordOf } from './message.ts';
import { isAskable, plainName, sameName } from './names.ts';

/** Longer chains of aliases are taken for a mistake. */
const ALIASES = 8;
/** RFC 2308 warns of believing in absence for longer. */
const ABSENT_MAX_SECONDS = 3 * 3_600;
/** When the server does not say how long absence may be believed. */
const ABSENT_SECONDS = 5;

/** The types that can be asked for here. */
export type Kind = 'A' | 'AAAA' | 'SRV' | 'TXT';

export interface Followed<K extends Kind> extends DnsAnswer<RecordOf<K>> {
  /** What else the last answer said. */
  readonly beside: readonly DnsRecord[];
}

/** The records of a name, or of the name that it is an alias of. */
export async function follow<K extends Kind>(
  question: DnsQuestion & { readonly type: K },
  ask: (question: DnsQuestion) => Promise<DnsMessage>,
): Promise<Followed<K>> {
  let name = question.name;
  let seconds = Infinity;
  let aliases = 0;
  let complete = true;
  for (;;) {
    const asked = name;
    const reply = await ask({ name, type: question.type });
    complete &&= !reply.truncated;
    for (let next = alias(reply, name); next !== undefined; next = alias(reply, name)) {
      if (++aliases > ALIASES || !isAskable(next.name)) throw endless(question.name, aliases);
      seconds = Math.min(seconds, next.seconds);
      name = next.name;
    }
    const isWanted = (record: DnsRecord): record is RecordOf<K> => record.type === question.type;
    const records = ofName(reply.answers, name).filter(isWanted);
    if (records.length > 0) {
      seconds = Math.min(seconds, ...records.map(secondsOf));
      return { records, lifetimeMs: seconds * 1_000, complete, beside: [...reply.additionals, ...reply.answers] };
    }
    const soa = reply.authorities.find(({ type }) => type === 'SOA');
    const goesOn = name !== asked && reply.rcode !== RCODE.noSuchName && soa === undefined;
    if (goesOn) continue;
    // The part that was cut off may be what was asked for.
    if (!complete) throw cutOff(question.name);
    const absent = reply.rcode === RCODE.noSuchName ? 'no-such-name' : 'no-such-records';
    const lifetimeMs = Math.min(seconds, absentSeconds(soa)) * 1_000;
    return { records: [], lifetimeMs, complete: true, absent, beside: [] };
  }
}

/** Records of the class that all names are in, which say something about `name`. */
export function ofName(records: readonly DnsRecord[], name: string): DnsRecord[] {
  return records.filter((record) => record.class === undefined && sameName(record.name, name));
}

/** A value with the top bit set counts as 0 (RFC 2181). */
export function secondsOf({ ttl }: DnsRecord): number {
  return ttl > 0x7fff_ffff ? 0 : ttl;
}

function alias({ answers }: DnsMessage, name: string): { name: string; seconds: number } | undefined {
  for (const record of ofName(answers, name)) {
    if (record.type === 'CNAME') return { name: plainName(record.target), seconds: secondsOf(record) };
  }
  return undefined;
}

/** How long the authority says that absence may be believed. */
export function absentSeconds(soa: DnsRecord | undefined): number {
  if (soa?.type !== 'SOA') return ABSENT_SECONDS;
  return Math.min(soa.minimum, secondsOf(soa), ABSENT_MAX_SECONDS);
}

function endless(name: string, aliases: number): ResolveFailed {
  const words = `${name} is an alias of an alias, ${aliases} times over, or of no name at all. Mend its CNAME records.`;
  return new ResolveFailed(name, 'malformed', words);
}

function cutOff(name: string): ResolveFailed {
  const words = `The answer for ${name} was cut off before the records that were asked for. Let TCP port 53 through.`;
  return new ResolveFailed(name, 'malformed', words);
}
