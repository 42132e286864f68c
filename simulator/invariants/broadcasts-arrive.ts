import type { Micros } from '../../core/ports/clock.ts';
import type { HostView } from '../invariant.ts';
import type { Bounds } from './bounds.ts';
import { withMargin } from './bounds.ts';
import type { Rule } from './rule.ts';

const ID = 'broadcasts-arrive';

interface Broadcast {
  readonly origin: HostView;
  readonly boot: number;
  readonly at: Micros;
  /** By host: the boot in which it was delivered. */
  readonly deliveredIn: Map<HostView, number>;
}

/**
 * User broadcasts are delivered once per life of a host, and to everybody: gossip spreads them, exchanges of state
 * repair what gossip lost. Owed to those who were there when it was sent and stayed; a broadcast whose origin died or
 * left soon after may die with it.
 */
export function broadcastsArrive(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: ID,
    words: 'Every user broadcast reaches every live member exactly once.',
    create({ world, cluster }) {
      const deadline = withMargin(boundsFor(world.hosts.length).converged);
      const broadcasts = new Map<string, Broadcast>();
      const open = new Set<string>();
      const presentSince: Micros[] = world.hosts.map(() => 0);
      return {
        onHost(host, change) {
          if (change === 'boot') presentSince[host.index] = world.now();
        },
        onOther(host, event) {
          if (event.type === 'leaving' || event.type === 'stopped') presentSince[host.index] = Number.POSITIVE_INFINITY;
          if (event.type === 'joined')
            presentSince[host.index] = Math.min(presentSince[host.index] as number, world.now());
          if (event.type !== 'broadcast') return;
          const key = `${event.origin}/${event.id}`;
          let broadcast = broadcasts.get(key);
          if (broadcast === undefined) {
            broadcast = { origin: host, boot: host.boot, at: world.now(), deliveredIn: new Map() };
            broadcasts.set(key, broadcast);
            if (event.own) open.add(key);
          }
          if (broadcast.deliveredIn.get(host) === host.boot) {
            world.violate({
              invariant: ID,
              subject: `${event.origin}>${host.name}`,
              phase: 'always',
              detail: `${host.name} delivered broadcast ${event.id} of ${event.origin} twice`,
            });
          }
          broadcast.deliveredIn.set(host, host.boot);
        },
        onTick() {
          if (open.size === 0 || !world.healed() || world.now() - cluster.quietSince() < deadline) return;
          for (const key of open) {
            open.delete(key);
            const broadcast = broadcasts.get(key) as Broadcast;
            const origin = broadcast.origin;
            if (!cluster.isPresent(origin) || origin.boot !== broadcast.boot) continue;
            for (const host of world.hosts) {
              if (broadcast.deliveredIn.get(host) === host.boot || !cluster.isPresent(host)) continue;
              if ((presentSince[host.index] as number) > broadcast.at || host.since > broadcast.at) continue;
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
