import { canonicalAddress } from '../address.ts';
import type { Member } from '../membership/events.ts';
import type { Membership } from '../membership/membership.ts';
import { State } from '../wire/messages.ts';

/**
 * Everybody whom a node holds, and the dead whom it only remembers. `members()` forgets the dead after a minute, but an
 * outage is not over because it lasted: they stay here until they come back, are force-left, or have been gone for a day.
 */
export function rosterOf(membership: Membership): readonly Member[] {
  const members = membership.members();
  const dead = membership.remembered().filter(({ state }) => state === State.dead);
  if (dead.length === 0) return members;
  const held = new Set(members.map(({ name }) => name));
  const missed = dead.filter(({ about }) => !held.has(about.name));
  const missing = missed.map(({ about: { name, address, meta }, incarnation }) => {
    return { name, address, meta, state: 'dead', incarnation } as const;
  });
  return withoutReplaced([...members, ...missing]);
}

/** Where somebody else lives now, the dead are known to be gone: a restart under a new name is no outage. */
function withoutReplaced(members: readonly Member[]): readonly Member[] {
  const live = members.filter(({ state }) => state === 'alive' || state === 'suspect');
  const taken = new Set(live.map(({ address }) => canonicalAddress(address)));
  return members.filter(({ state, address }) => state !== 'dead' || !taken.has(canonicalAddress(address)));
}
