import type { MembershipSettings } from '../../core/membership/settings.ts';
import type { HostView } from '../invariant.ts';
import type { Rule } from './rule.ts';

/** About each member one rumour waits at most, and of all broadcasts made so far what the settings let wait. */
export function boundedQueues(settings: MembershipSettings): Rule {
  return {
    id: 'bounded-queues',
    words: 'What waits to be gossiped is bounded: one rumour for each member, and the broadcasts that there are.',
    create({ world, cluster }) {
      let broadcasts = 0;
      return {
        onOther(_host, event) {
          if (event.type === 'broadcast' && event.own) broadcasts++;
        },
        onTick() {
          const bound = cluster.subjects + Math.min(broadcasts, settings.userQueueMax);
          for (const host of world.hosts) {
            const queued = queuedAt(host);
            if (queued <= bound) continue;
            world.violate({
              invariant: 'bounded-queues',
              subject: host.name,
              phase: 'always',
              detail: `${host.name} has ${queued} items waiting; ${cluster.subjects} members and ${broadcasts} broadcasts explain ${bound}`,
            });
          }
        },
      };
    },
  };
}

/** What the membership node of a host says of itself; 0 while there is none. */
function queuedAt(host: HostView): number {
  const node = host.running?.inspect as { readonly queued?: number } | undefined;
  return node?.queued ?? 0;
}
