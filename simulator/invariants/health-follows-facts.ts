import type { Micros } from '../../core/ports/clock.ts';
import type { HostView } from '../invariant.ts';
import type { Bounds } from './bounds.ts';
import type { Rule } from './rule.ts';

const ID = 'health-follows-facts';

/** A refutation in the same turn gives back what a good probe took, so one idle turn proves nothing; these do. */
const IDLE_TURNS = 3;

interface Self {
  score: number;
  /** The last turn: when it began, with what score, and whether its probe had to succeed. */
  turnAt: Micros;
  turnScore: number;
  mustSucceed: boolean;
  /** Good turns in a row that did not lower the score. */
  idle: number;
}

/**
 * Lifeguard's self-doubt (section IV-A): a point for having to refute an accusation, one less for every probe that is
 * answered. So where every probe must succeed the score sinks, turn by turn, to 0.
 */
export function healthFollowsFacts(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: ID,
    words:
      'The local health score keeps to its scale, rises when a member must defend itself, and sinks with every good probe.',
    create({ world, cluster }) {
      const { healthMax } = boundsFor(world.hosts.length);
      const fresh = (): Self => ({ score: 0, turnAt: 0, turnScore: 0, mustSucceed: false, idle: 0 });
      const selves = world.hosts.map(fresh);
      const report = (host: HostView, phase: 'always' | 'after-healing', detail: string) =>
        world.violate({ invariant: ID, subject: host.name, phase, detail });
      return {
        onFresh(host) {
          selves[host.index] = fresh();
        },
        onOther(host, event) {
          const self = selves[host.index] as Self;
          if (event.type === 'health') {
            self.score = event.score;
            if (event.score >= 0 && event.score <= healthMax) return;
            report(host, 'always', `${host.name} scores ${event.score}; the scale ends at ${healthMax}`);
          } else if (event.type === 'refuted') {
            self.idle = 0;
            if (self.score > 0 || healthMax === 0) return;
            report(host, 'always', `${host.name} had to refute ${event.accuser} and does not doubt itself at all`);
          }
        },
        onProbe(host, subject) {
          const self = selves[host.index] as Self;
          const undisturbed = world.healed() && cluster.quietSince() <= self.turnAt;
          const sank = self.score === 0 || self.score < self.turnScore;
          self.idle = self.mustSucceed && undisturbed && !sank ? self.idle + 1 : 0;
          if (self.idle === IDLE_TURNS) {
            report(
              host,
              'after-healing',
              `${host.name} scores ${self.score} after ${IDLE_TURNS} good probes in a row, as before them`,
            );
          }
          self.turnAt = world.now();
          self.turnScore = self.score;
          self.mustSucceed =
            subject >= 0 &&
            cluster.isMember(subject) &&
            cluster.beliefs.description(host.index, subject) === cluster.ownDescription(subject);
        },
      };
    },
  };
}
