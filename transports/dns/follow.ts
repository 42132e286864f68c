import type { Answer, SoaAnswer, SrvAnswer, StringAnswer, TxtAnswer } from 'dns-packet';
import { ResolveFailed } from '../../core/ports/resolver.ts';
import type { DnsAnswer } from '../../core/ports/resolver.ts';
import { RCODE, isAskable, plainName, sameName } from './message.ts';
import type { Kind, Question, Reply } from './message.ts';

/** Longer chains of aliases are taken for a mistake. */
const ALIASES = 8;
/** RFC 2308 warns of believing in absence for longer. */
const ABSENT_MAX_SECONDS = 3 * 3_600;
/** When the server does not say how long absence may be believed. */
const ABSENT_SECONDS = 5;

interface RecordOf {
  readonly A: StringAnswer;
  readonly AAAA: StringAnswer;
  readonly SRV: SrvAnswer;
  readonly TXT: TxtAnswer;
}

export interface Followed<K extends Kind> extends DnsAnswer<RecordOf[K]> {
  /** What else the last answer said. */
  readonly beside: readonly Answer[];
}

/** The records of a name, or of the name that it is an alias of. */
export async function follow<K extends Kind>(
  question: Question & { readonly kind: K },
  ask: (question: Question) => Promise<Reply>,
): Promise<Followed<K>> {
  let name = question.name;
  let seconds = Infinity;
  let aliases = 0;
  let complete = true;
  for (;;) {
    const asked = name;
    const reply = await ask({ name, kind: question.kind });
    complete &&= !reply.truncated;
    for (let next = alias(reply, name); next !== undefined; next = alias(reply, name)) {
      if (++aliases > ALIASES || !isAskable(next.name)) throw endless(question.name, aliases);
      seconds = Math.min(seconds, next.seconds);
      name = next.name;
    }
    const records = ofName(reply.answers, name).filter(
      (record): record is RecordOf[K] => record.type === question.kind,
    );
    if (records.length > 0) {
      seconds = Math.min(seconds, ...records.map(secondsOf));
      return { records, lifetimeMs: seconds * 1_000, complete, beside: [...reply.additionals, ...reply.answers] };
    }
    const soa = reply.authorities.find((record): record is SoaAnswer => record.type === 'SOA');
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
export function ofName(records: readonly Answer[], name: string): Answer[] {
  return records.filter((record) => {
    return record.type !== 'OPT' && (record.class ?? 'IN') === 'IN' && sameName(record.name, name);
  });
}

/** A value with the top bit set counts as 0 (RFC 2181). */
export function secondsOf(record: Answer): number {
  const seconds = record.type === 'OPT' ? 0 : (record.ttl ?? 0);
  return seconds > 0x7fff_ffff ? 0 : seconds;
}

function alias({ answers }: Reply, name: string): { name: string; seconds: number } | undefined {
  for (const record of ofName(answers, name)) {
    if (record.type === 'CNAME') return { name: plainName(record.data), seconds: secondsOf(record) };
  }
  return undefined;
}

function absentSeconds(soa: SoaAnswer | undefined): number {
  if (soa === undefined) return ABSENT_SECONDS;
  return Math.min(soa.data.minimum ?? 0, secondsOf(soa), ABSENT_MAX_SECONDS);
}

function endless(name: string, aliases: number): ResolveFailed {
  const words = `${name} is an alias of an alias, ${aliases} times over, or of no name at all. Mend its CNAME records.`;
  return new ResolveFailed(name, 'malformed', words);
}

function cutOff(name: string): ResolveFailed {
  const words = `The answer for ${name} was cut off before the records that were asked for. Let TCP port 53 through.`;
  return new ResolveFailed(name, 'malformed', words);
}
