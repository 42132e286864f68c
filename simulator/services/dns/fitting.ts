import { encodeDns } from '../../../core/dns/encode.ts';
import { DATAGRAM_BYTES, SMALL_DATAGRAM_BYTES, type DnsMessage, type DnsRecord } from '../../../core/dns/message.ts';
import type { Random } from '../../../core/ports/random.ts';

/** The records of an answer begin with another one each time; aliases stay before what they lead to. */
export function rotated(reply: DnsMessage, random: Random): DnsMessage {
  const aliases = reply.answers.filter(({ type }) => type === 'CNAME');
  const records = reply.answers.filter(({ type }) => type !== 'CNAME');
  if (records.length < 2) return reply;
  const first = random.int(records.length);
  return { ...reply, answers: [...aliases, ...records.slice(first), ...records.slice(0, first)] };
}

/** Without a word: how some servers answer over datagrams (Consul's, unless told otherwise). */
export function shortened(reply: DnsMessage, answersMax: number): DnsMessage {
  if (reply.answers.length <= answersMax) return reply;
  return { ...reply, answers: reply.answers.slice(0, answersMax), additionals: [] };
}

/**
 * What fits into a datagram that the asker takes. What was added unasked goes first, silently; then the answer is marked
 * as cut short and holds at most `kept` records.
 */
export function fitted(query: DnsMessage, reply: DnsMessage, datagramMax: number, kept: number): DnsMessage {
  const room = Math.min(query.room ?? SMALL_DATAGRAM_BYTES, datagramMax, DATAGRAM_BYTES);
  const fits = (one: DnsMessage): boolean => encodeDns(one).length <= room;
  if (fits(reply)) return reply;
  const bare = { ...reply, additionals: [] };
  if (fits(bare)) return bare;
  for (let count = Math.min(kept, reply.answers.length); count > 0; count--) {
    const part = cutShort(reply, reply.answers.slice(0, count));
    if (fits(part)) return part;
  }
  return cutShort(reply, []);
}

export function cutShort(reply: DnsMessage, answers: readonly DnsRecord[]): DnsMessage {
  return { ...reply, truncated: true, answers, authorities: [], additionals: [] };
}
