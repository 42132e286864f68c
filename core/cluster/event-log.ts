import type { Log, LogLevel } from '../ports/log.ts';
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
  conflict: ['warn', 'is claimed at a second address: two nodes have this name'],
};

/** Writes down what happens to members. Returns how to stop. */
export function logEvents(membership: Membership, log: Log): () => void {
  const stops = (Object.keys(LINES) as MemberEvent['type'][]).map((type) => {
    const [level, words] = LINES[type];
    return membership.on(type, (event) => {
      const { name, address, incarnation } = event.member;
      const fields = { operation: 'membership', event: type, peer: name, address, incarnation };
      const more =
        event.type === 'suspect' ? { by: event.by } : event.type === 'conflict' ? { claimed: event.address } : {};
      log[level]({ ...fields, ...more }, `${name} ${words}`);
    });
  });
  return () => stops.forEach((stop) => stop());
}
