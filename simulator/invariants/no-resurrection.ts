import { beliefInWords, Belief, isGone, isListed } from './beliefs.ts';
import type { Rule } from './rule.ts';

/** Who is gone stays gone, listed or forgotten, until it speaks with a higher incarnation than the one it died with. */
export const noResurrection: Rule = {
  id: 'no-resurrection',
  words: 'A dead, left or forgotten member returns only with a higher incarnation.',
  create: ({ world, cluster }) => ({
    onTransition(change) {
      const wasForgotten = change.before === Belief.unknown && change.beforeIncarnation > 0;
      if (!(isGone(change.before) || wasForgotten) || !isListed(change.after)) return;
      const diedAt = Math.max(change.beforeIncarnation, change.event.fromIncarnation);
      if (change.incarnation > diedAt) return;
      const name = cluster.nameOf(change.subject);
      const was = wasForgotten ? 'had forgotten' : `held ${beliefInWords(change.before)}`;
      world.violate({
        invariant: 'no-resurrection',
        subject: `${change.observer.name}>${name}`,
        phase: 'always',
        detail:
          `${change.observer.name} ${was} ${name} at incarnation ${diedAt}, ` +
          `and took it back as ${beliefInWords(change.after)} at ${change.incarnation}`,
      });
    },
  }),
};
