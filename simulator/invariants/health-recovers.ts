import type { Micros } from '../../core/ports/clock.ts';
import type { Bounds } from './bounds.ts';
import { withMargin } from './bounds.ts';
import type { Rule } from './rule.ts';

const ID = 'health-recovers';

/** Lifeguard's self-doubt follows the facts: it stays within its scale, and where nothing fails it goes away. */
export function healthRecovers(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: ID,
    words: 'The local health score stays within its bounds and returns to 0 once the cluster has settled.',
    create({ world, cluster }) {
      const bounds = boundsFor(world.hosts.length);
      // Settled, a host still needs one good turn per point, each as slow as the score says.
      const deadline = withMargin(bounds.converged + bounds.longestTurn * bounds.healthMax);
      const score = new Int32Array(world.hosts.length);
      const risenAt: Micros[] = world.hosts.map(() => 0);
      return {
        onFresh(host) {
          score[host.index] = 0;
        },
        onOther(host, event) {
          if (event.type !== 'health') return;
          if (event.score > (score[host.index] as number)) risenAt[host.index] = world.now();
          score[host.index] = event.score;
          if (event.score >= 0 && event.score <= bounds.healthMax) return;
          world.violate({
            invariant: ID,
            subject: host.name,
            phase: 'always',
            detail: `${host.name} scores ${event.score}; the scale ends at ${bounds.healthMax}`,
          });
        },
        onTick() {
          if (!world.healed() || world.now() - cluster.quietSince() < deadline) return;
          for (const host of world.hosts) {
            if ((score[host.index] as number) === 0 || !cluster.isPresent(host)) continue;
            world.violate({
              invariant: ID,
              subject: host.name,
              phase: 'after-healing',
              detail:
                `${host.name} scores ${score[host.index] as number}, last risen at ` +
                `${((risenAt[host.index] as number) / 1_000_000).toFixed(3)} s, although nothing is wrong any more`,
            });
            score[host.index] = 0;
          }
        },
      };
    },
  };
}
