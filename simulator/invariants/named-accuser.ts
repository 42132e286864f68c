import { Belief, beliefInWords } from './beliefs.ts';
import type { Rule } from './rule.ts';

/** Who is to be suspected needs an accuser with a name of its own: an accusation by nobody, or by its subject, is forged. */
export const namedAccuser: Rule = {
  id: 'named-accuser',
  words: 'Nobody is suspected or declared dead in the name of nobody, or of itself.',
  create: ({ world, cluster }) => ({
    onTransition(change) {
      if (!change.moved || (change.after !== Belief.suspect && change.after !== Belief.dead)) return;
      const name = cluster.nameOf(change.subject);
      const by = change.event.by;
      if (by !== '' && by !== name) return;
      world.violate({
        invariant: 'named-accuser',
        subject: `${change.observer.name}>${name}`,
        phase: 'always',
        detail: `${change.observer.name} holds ${name} ${beliefInWords(change.after)} by word of ${by === '' ? 'nobody' : 'itself'}`,
      });
    },
  }),
};
