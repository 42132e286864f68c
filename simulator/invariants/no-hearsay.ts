import { Belief } from './beliefs.ts';
import type { Rule } from './rule.ts';

/** States are exchanged with anybody: what one peer holds dead may live, and must get the chance to say so. */
export const noHearsay: Rule = {
  id: 'no-hearsay',
  words: 'An exchange of states makes nobody dead; at most it raises a suspicion.',
  create: ({ world, cluster }) => ({
    onTransition(change) {
      if (!change.moved || change.after !== Belief.dead || change.event.cause !== 'push-pull') return;
      const name = cluster.nameOf(change.subject);
      world.violate({
        invariant: 'no-hearsay',
        subject: `${change.observer.name}>${name}`,
        phase: 'always',
        detail: `${change.observer.name} holds ${name} dead because a peer did`,
      });
    },
  }),
};
