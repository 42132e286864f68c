import type { Micros } from '../../core/ports/clock.ts';
import type { Bounds } from './bounds.ts';
import type { Rule } from './rule.ts';

/** Probe turns over which packets are compared with what probing needs. */
const TURNS_PER_LOOK = 10;
const TOLERANCE_PERCENT = 10;

/**
 * SWIM's constant load: once every rumour was told often enough, a member sends its ping and its ack per turn and
 * nothing else. What keeps talking in a cluster where nothing happens never stops retransmitting.
 */
export function quietWhenIdle(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: 'quiet-when-idle',
    words: 'When nothing happens any more, hosts send one ping and one ack per probe turn, and nothing else.',
    create({ world, cluster, agreement }) {
      const bounds = boundsFor(world.hosts.length);
      let lastNews: Micros = 0;
      /** Broadcasts that may still be queued somewhere. */
      let broadcasts = 0;
      let windowStart: Micros = 0;
      let sent = 0;
      let probes = 0;
      const restart = () => {
        windowStart = world.now();
        sent = 0;
        probes = 0;
      };
      const news = () => {
        lastNews = world.now();
      };
      return {
        onTransition: news,
        onOther(_host, event) {
          // Exchanges of state and round trips are the idle cluster's own heartbeat.
          if (event.type !== 'push-pull') news();
          if (event.type === 'broadcast' && event.own) broadcasts++;
        },
        onHost: news,
        onProbe(_host, subject) {
          if (subject >= 0) probes++;
        },
        onSend() {
          sent++;
        },
        onTick() {
          const now = world.now();
          const drained = bounds.drained + broadcasts * bounds.drainedPerBroadcast;
          const idleSince = Math.max(lastNews, cluster.quietSince()) + drained;
          // Whoever is gone but still listed is asked for by all means: that is no idle cluster.
          if (!world.healed() || windowStart < idleSince || agreement.wrong > 0) {
            restart();
            return;
          }
          broadcasts = 0;
          if (now - windowStart < TURNS_PER_LOOK * bounds.turn) return;
          // Acks of pings sent just before the window, and one packet in hand per host.
          const allowed = Math.ceil((probes * 2 * (100 + TOLERANCE_PERCENT)) / 100) + 2 * cluster.presentCount;
          if (sent > allowed) {
            world.violate({
              invariant: 'quiet-when-idle',
              subject: 'cluster',
              phase: 'after-healing',
              detail:
                `nothing happened for ${((now - lastNews) / 1_000_000).toFixed(1)} s, yet ${cluster.presentCount} hosts sent ` +
                `${sent} datagrams for ${probes} probes; ${allowed} would do`,
            });
          }
          restart();
        },
      };
    },
  };
}
