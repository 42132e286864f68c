import type { MembershipSettings } from '../../core/membership/settings.ts';
import { type Micros, MILLISECOND } from '../../core/ports/clock.ts';
import type { Fault } from '../faults/fault.ts';
import type { Rule } from './rule.ts';

/** The periodic activities (probe, gossip, push/pull, healing, leave) and conversations of a host, with room to spare. */
const OWN_ACTIVITIES = 32;
/** Sources, registrations, contacts, their deadlines and rests. */
const SEARCHING = 64;

/**
 * A conversation that stalls lasts until its timeout, and whoever waits begins another: there may be several with each
 * member then, up to as many as a node serves at once.
 */
const STREAMS_SERVED = 128;

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
          const stalled = isStalled(world.faults, world.now(), settings.streamTimeoutMs * MILLISECOND);
          const bound = own + cluster.subjects * (2 + settings.indirectChecks) + (stalled ? STREAMS_SERVED : 0);
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

/** Whether streams stand still, or may still wait since they did. */
function isStalled(faults: readonly Fault[], now: Micros, timeout: Micros): boolean {
  return faults.some((fault) => fault.kind === 'stream' && fault.at <= now && now <= fault.at + fault.for + timeout);
}
