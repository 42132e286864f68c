import type { Rule } from './rule.ts';

/** Evidence only ever raises what one observer, in one life, remembers of a subject; forgetting it changes nothing. */
export const incarnationNeverFalls: Rule = {
  id: 'incarnation-never-falls',
  words: 'What an observer holds of a subject never goes back to a lower incarnation.',
  create: ({ world, cluster }) => ({
    onTransition(change) {
      const heldUntilNow = Math.max(change.beforeIncarnation, change.event.fromIncarnation);
      if (change.own || change.incarnation >= heldUntilNow) return;
      const name = cluster.nameOf(change.subject);
      world.violate({
        invariant: 'incarnation-never-falls',
        subject: `${change.observer.name}>${name}`,
        phase: 'always',
        detail: `${change.observer.name} held ${name} at incarnation ${heldUntilNow} and went back to ${change.incarnation}`,
      });
    },
  }),
};
