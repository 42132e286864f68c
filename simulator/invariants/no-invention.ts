import type { Rule } from './rule.ts';

/**
 * Incarnations come from their owner alone, so nobody can hold one that the owner never reached. Disputed names and
 * strangers are exempt: who they are is not known.
 */
export const noInvention: Rule = {
  id: 'no-invention',
  words: 'Nobody holds a member at an incarnation that the member never claimed.',
  create: ({ world, cluster }) => ({
    onTransition(change) {
      if (change.own || cluster.hostOf(change.subject) === undefined) return;
      const claimed = cluster.highestClaim(change.subject);
      if (claimed < 0 || change.incarnation <= claimed) return;
      const name = cluster.nameOf(change.subject);
      world.violate({
        invariant: 'no-invention',
        subject: `${change.observer.name}>${name}`,
        phase: 'always',
        detail: `${change.observer.name} holds ${name} at incarnation ${change.incarnation}; it never went beyond ${claimed}`,
      });
    },
  }),
};
