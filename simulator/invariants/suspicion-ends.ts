import type { Bounds } from './bounds.ts';
import { withMargin } from './bounds.ts';
import { Belief } from './beliefs.ts';
import { PairDeadlines } from './pair-deadlines.ts';
import type { Rule } from './rule.ts';

/** Suspicion is a question with a deadline: refuted or not, it is over after the longest timeout of the settings. */
export function suspicionEnds(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: 'suspicion-ends',
    words: 'No suspicion outlasts the longest suspicion timeout.',
    create({ world, cluster }) {
      const bound = withMargin(boundsFor(world.hosts.length).longestSuspicion);
      const running = new PairDeadlines(cluster);
      return {
        onTransition(change) {
          if (!change.moved || change.after !== Belief.suspect || change.own) return;
          running.add(change.observer, change.subject, change.incarnation, world.now());
        },
        onTick() {
          const now = world.now();
          running.due(now, bound, ({ observer, subject, incarnation, since }) => {
            const beliefs = cluster.beliefs;
            if (beliefs.belief(observer.index, subject) !== Belief.suspect) return;
            if (beliefs.incarnation(observer.index, subject) !== incarnation) return;
            if (beliefs.since(observer.index, subject) > since) return;
            const touched = world.lastTouched(observer.name);
            if (observer.paused || touched > since) {
              running.add(observer, subject, incarnation, observer.paused ? now : touched);
              return;
            }
            world.violate({
              invariant: 'suspicion-ends',
              subject: `${observer.name}>${cluster.nameOf(subject)}`,
              phase: 'always',
              detail: `${observer.name} suspects ${cluster.nameOf(subject)} for ${((now - since) / 1_000_000).toFixed(3)} s`,
            });
          });
        },
      };
    },
  };
}
