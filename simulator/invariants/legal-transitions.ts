import { Belief, beliefInWords } from './beliefs.ts';
import type { Rule } from './rule.ts';

/** What the incarnation must do for a step to be legal. `described`: equal ones may differ in the description alone. */
type Need = 'never' | 'any' | 'higher' | 'same-or-higher' | 'described';

/**
 * SWIM's override rules as a table, row: before, column: after (unknown, alive, suspect, dead, left). At one
 * incarnation beliefs only climb alive < suspect < dead < left; a live member is never simply forgotten.
 */
const NEEDS: readonly (readonly Need[])[] = [
  ['never', 'any', 'any', 'any', 'any'],
  ['never', 'described', 'same-or-higher', 'same-or-higher', 'same-or-higher'],
  ['never', 'higher', 'described', 'same-or-higher', 'same-or-higher'],
  ['any', 'higher', 'higher', 'described', 'same-or-higher'],
  ['any', 'higher', 'higher', 'higher', 'described'],
];

export const legalTransitions: Rule = {
  id: 'legal-transitions',
  words:
    'At one incarnation a belief only climbs from alive over suspect and dead to left; only the gone are forgotten.',
  create: ({ world, cluster }) => ({
    onTransition(change) {
      const need = NEEDS[change.before]?.[change.after] ?? 'never';
      const held =
        change.before === Belief.unknown ? 0 : Math.max(change.beforeIncarnation, change.event.fromIncarnation);
      const described = change.description !== change.beforeDescription;
      if (isMet(need, change.incarnation - held, described)) return;
      const name = cluster.nameOf(change.subject);
      world.violate({
        invariant: 'legal-transitions',
        subject: `${change.observer.name}>${name}`,
        phase: 'always',
        detail:
          `${change.observer.name} went from ${beliefInWords(change.before)}(${held}) ` +
          `to ${beliefInWords(change.after)}(${change.incarnation}) about ${name}`,
      });
    },
  }),
};

function isMet(need: Need, rise: number, described: boolean): boolean {
  switch (need) {
    case 'never':
      return false;
    case 'any':
      return true;
    case 'higher':
      return rise > 0;
    case 'same-or-higher':
      return rise >= 0;
    case 'described':
      return rise > 0 || (rise === 0 && described);
  }
}
