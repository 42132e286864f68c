import type { Bounds } from './bounds.ts';
import { withMargin } from './bounds.ts';
import { beliefInWords, isListed } from './beliefs.ts';
import { PairDeadlines } from './pair-deadlines.ts';
import type { Rule } from './rule.ts';

/**
 * SWIM's strong completeness with a clock on it. Every observer's own round robin reaches a crashed member (see
 * `probe-coverage`); from that probe on, the probe must fail and the longest suspicion run out, with nobody's help.
 * Counted anew from the last fault that touched the observer, whose timers may have stood still.
 */
export function completeness(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: 'completeness',
    words: 'A crashed member is dead or forgotten at every observer that probed it, one longest suspicion later.',
    create({ world, cluster }) {
      const bounds = boundsFor(world.hosts.length);
      const bound = withMargin(bounds.longestTurn + bounds.longestSuspicion);
      const owed = new PairDeadlines(cluster);
      return {
        onProbe(observer, subject) {
          if (subject < 0) return;
          if (cluster.hostOf(subject)?.up !== false) return;
          owed.add(observer, subject, cluster.beliefs.incarnation(observer.index, subject), world.now());
        },
        onTick() {
          const now = world.now();
          owed.due(now, bound, ({ observer, subject, incarnation, since }) => {
            const belief = cluster.beliefs.belief(observer.index, subject);
            const host = cluster.hostOf(subject);
            if (!isListed(belief) || host === undefined || host.up || host.since > since) return;
            if (cluster.beliefs.incarnation(observer.index, subject) !== incarnation) return;
            const touched = world.lastTouched(observer.name);
            if (observer.paused || touched > since) {
              owed.add(observer, subject, incarnation, observer.paused ? now : touched);
              return;
            }
            world.violate({
              invariant: 'completeness',
              subject: `${observer.name}>${host.name}`,
              phase: 'always',
              detail:
                `${host.name} is down since ${seconds(host.since)}; ${observer.name} probed it at ${seconds(since)} ` +
                `and holds it ${beliefInWords(belief)} still`,
            });
          });
        },
      };
    },
  };
}

function seconds(micros: number): string {
  return `${(micros / 1_000_000).toFixed(3)} s`;
}
