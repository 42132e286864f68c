import type { Micros } from '../../core/ports/clock.ts';
import type { HostView } from '../invariant.ts';
import type { Bounds } from './bounds.ts';
import { lessDrift, withMargin } from './bounds.ts';
import { Belief } from './beliefs.ts';
import { forgetfulHosts } from './forgetful.ts';
import type { Rule } from './rule.ts';

const ID = 'broadcasts-arrive';

interface Broadcast {
  readonly origin: HostView;
  readonly life: number;
  readonly at: Micros;
  /** By host: the life in which it was delivered. */
  readonly deliveredIn: Map<HostView, number>;
}

/**
 * User broadcasts are delivered once per life of a host, and to everybody: gossip spreads them, exchanges of state
 * repair what gossip lost. Owed to those who were there when it was sent and stayed; a broadcast whose origin died or
 * left soon after may die with it. Nor is one owed that was sent so long before the end of the last fault that those
 * who were cut off found nobody any more who had kept it. A host that lost what it stored within the second in which it
 * had started begins at the same incarnation again, and counts its broadcasts as before: two of one name are no more
 * than one to those who heard the first.
 */
export function broadcastsArrive(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: ID,
    words: 'Every user broadcast reaches every live member exactly once.',
    create({ world, cluster }) {
      const bounds = boundsFor(world.hosts.length);
      const deadline = withMargin(bounds.converged);
      const kept = lessDrift(bounds.repaired);
      const broadcasts = new Map<string, Broadcast>();
      const open = new Set<string>();
      const forgetful = forgetfulHosts(world.faults);
      const namedTwice = new Set<string>();
      const aliveSince: Micros[] = world.hosts.map(() => 0);
      return {
        onTransition(change) {
          if (change.own && change.before === Belief.unknown) aliveSince[change.observer.index] = world.now();
        },
        onOther(host, event) {
          if (event.type !== 'broadcast') return;
          const key = `${event.origin}/${event.id}`;
          if (namedTwice.has(key)) return;
          let broadcast = broadcasts.get(key);
          if (
            event.own &&
            broadcast !== undefined &&
            broadcast.life !== cluster.lifeOf(host) &&
            forgetful.has(host.name)
          ) {
            namedTwice.add(key);
            open.delete(key);
            return;
          }
          if (broadcast === undefined) {
            broadcast = { origin: host, life: cluster.lifeOf(host), at: world.now(), deliveredIn: new Map() };
            broadcasts.set(key, broadcast);
            if (event.own) open.add(key);
          }
          if (broadcast.deliveredIn.get(host) === cluster.lifeOf(host)) {
            world.violate({
              invariant: ID,
              subject: `${event.origin}>${host.name}`,
              phase: 'always',
              detail: `${host.name} delivered broadcast ${event.id} of ${event.origin} twice`,
            });
          }
          broadcast.deliveredIn.set(host, cluster.lifeOf(host));
        },
        onTick() {
          if (open.size === 0 || !world.healed() || world.now() - cluster.quietSince() < deadline) return;
          for (const key of open) {
            open.delete(key);
            const broadcast = broadcasts.get(key) as Broadcast;
            const origin = broadcast.origin;
            if (world.healedAt() > broadcast.at + kept) continue;
            if (!cluster.isPresent(origin) || cluster.lifeOf(origin) !== broadcast.life) continue;
            for (const host of world.hosts) {
              if (broadcast.deliveredIn.get(host) === cluster.lifeOf(host) || !cluster.isPresent(host)) continue;
              if ((aliveSince[host.index] as number) > broadcast.at) continue;
              world.violate({
                invariant: ID,
                subject: `${origin.name}>${host.name}`,
                phase: 'after-healing',
                detail: `${host.name} never heard broadcast ${key}, sent at ${(broadcast.at / 1_000_000).toFixed(3)} s`,
              });
            }
          }
        },
      };
    },
  };
}
