import type { MembershipSettings } from '../../core/membership/settings.ts';
import type { Rule } from './rule.ts';

/**
 * What one host may send in a second at the very worst: its gossip, its own probes with all their indirect requests,
 * and answers and relays for every other member that probes at the same pace. Queues that a pause dammed up break
 * the bound once; hosts touched lately are not judged.
 */
export function boundedPackets(settings: MembershipSettings): Rule {
  const gossip = settings.gossipIntervalMs > 0 ? perSecond(settings.gossipIntervalMs) * settings.gossipNodes : 0;
  const probes = perSecond(settings.probeIntervalMs);
  return {
    id: 'bounded-packets',
    words: 'No host sends more datagrams than its gossip, its probes and its answers to all others can need.',
    create({ world, cluster }) {
      const sent = new Int32Array(world.hosts.length);
      let since = world.now();
      return {
        onSend(from) {
          sent[from.index] = (sent[from.index] as number) + 1;
        },
        onTick() {
          const now = world.now();
          const seconds = Math.max(1, Math.ceil((now - since) / 1_000_000));
          // Asked to relay: our ping to the target, the answer passed back, a nack; asked directly: one ack.
          const others = Math.max(0, cluster.subjects - 1) * probes * 4;
          const bound = seconds * (gossip + probes * (1 + settings.indirectChecks) + others);
          for (const host of world.hosts) {
            const count = sent[host.index] as number;
            sent[host.index] = 0;
            if (count <= bound || world.lastTouched(host.name) >= since - 1_000_000) continue;
            world.violate({
              invariant: 'bounded-packets',
              subject: host.name,
              phase: 'always',
              detail: `${host.name} sent ${count} datagrams in ${seconds} s; at most ${bound} have a reason`,
            });
          }
          since = now;
        },
      };
    },
  };
}

function perSecond(intervalMs: number): number {
  return Math.ceil(1_000 / intervalMs) + 1;
}
