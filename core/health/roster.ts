import { canonicalAddress } from '../address.ts';
import type { Member } from '../membership/events.ts';
import type { Membership } from '../membership/membership.ts';

/**
 * Everybody whom a node holds, and the dead whom it only remembers. `members()` forgets the dead after a minute, but an
 * outage is not over because it lasted: they stay here until they come back, are force-left, or have been gone for a day.
 */
export function rosterOf(membership: Membership): readonly Member[] {
  const lost = membership.lost().map(({ about: { name, address, meta }, incarnation }) => {
    return { name, address, meta, state: 'dead', incarnation } as const;
  });
  return withoutReplaced([...membership.members(), ...lost]);
}

/** Where somebody else lives now, the dead are known to be gone: a restart under a new name is no outage. */
function withoutReplaced(members: readonly Member[]): readonly Member[] {
  if (members.every(({ state }) => state !== 'dead')) return members;
  const live = members.filter(({ state }) => state === 'alive' || state === 'suspect');
  const taken = new Set(live.map(({ address }) => canonicalAddress(address)));
  return members.filter(({ state, address }) => state !== 'dead' || !taken.has(canonicalAddress(address)));
}
