import type { MembershipSettings } from '../../core/membership/settings.ts';
import type { Rule } from './rule.ts';

/** The periodic activities (probe, gossip, push/pull, healing, leave) and conversations of a host, with room to spare. */
const OWN_ACTIVITIES = 32;
/** Sources, registrations, contacts, their deadlines and rests. */
const SEARCHING = 64;

/**
 * A host may wait for each other member at once: for one suspicion to run out, for the relays that it serves, and for
 * one exchange. What grows beyond that is not given back.
 */
export function boundedTimers(settings: MembershipSettings, wholeNodes = false): Rule {
  const own = wholeNodes ? OWN_ACTIVITIES + SEARCHING : OWN_ACTIVITIES;
  return {
    id: 'bounded-timers',
    words: 'A host holds a bounded number of timers: some of its own, and a few for each other member.',
    create({ world, cluster }) {
      return {
        onTick() {
          const bound = own + cluster.subjects * (2 + settings.indirectChecks);
          for (const host of world.hosts) {
            if (host.timers <= bound || host.bystander === true) continue;
            world.violate({
              invariant: 'bounded-timers',
              subject: host.name,
              phase: 'always',
              detail: `${host.name} holds ${host.timers} timers; with ${cluster.subjects} members at most ${bound} make sense`,
            });
          }
        },
      };
    },
  };
}
