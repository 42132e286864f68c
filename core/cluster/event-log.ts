import type { Log, LogLevel } from '../ports/log.ts';
import type { Address } from '../ports/transport.ts';
import type { MembershipEvent } from '../membership/events.ts';
import type { Membership } from '../membership/membership.ts';

type MemberEvent = Extract<MembershipEvent, { readonly member: unknown }>;

/** What operators read of each event: how loud, and in which words. */
const LINES: Readonly<Record<MemberEvent['type'], readonly [LogLevel, string]>> = {
  join: ['info', 'joined'],
  leave: ['info', 'left'],
  fail: ['warn', 'is declared dead'],
  suspect: ['debug', 'is suspected'],
  alive: ['debug', 'refuted the suspicion'],
  update: ['info', 'changed its tags or address'],
  conflict: ['warn', 'is claimed at a second address: give one of the two nodes another cluster.node_id'],
};

/** What a node says that came second under its name. */
export function secondOfTheName(name: string, rival: Address): string {
  return (
    `others list ${name} at ${rival}, and not this node: it takes the name back when nobody answers there; if that is ` +
    'another node, give one of the two another cluster.node_id'
  );
}

/** Writes down what happens to members. Returns how to stop. */
export function logEvents(membership: Membership, log: Log): () => void {
  const stops = (Object.keys(LINES) as MemberEvent['type'][]).map((type) => {
    const [level, words] = LINES[type];
    return membership.on(type, (event) => {
      const { name, address, incarnation } = event.member;
      const fields = { operation: 'membership', event: type, peer: name, address, incarnation };
      const more =
        event.type === 'suspect' ? { by: event.by } : event.type === 'conflict' ? { claimed: event.address } : {};
      const { rival } = membership;
      if (type === 'conflict' && name === membership.name && rival !== undefined) {
        log.error({ ...fields, ...more }, secondOfTheName(name, rival));
      } else {
        log[level]({ ...fields, ...more }, `${name} ${words}`);
      }
    });
  });
  return () => stops.forEach((stop) => stop());
}
