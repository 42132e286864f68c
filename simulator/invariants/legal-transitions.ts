import { Belief, beliefInWords } from './beliefs.ts';
import type { Rule } from './rule.ts';

/** By how much the incarnation must rise for a step to be legal. */
const ANY = Number.NEGATIVE_INFINITY;
const SAME = 0;
const HIGHER = 1;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * SWIM's override rules as a table, row: before, column: after (unknown, alive, suspect, dead, left). At one
 * incarnation beliefs only climb alive < suspect < dead < left, and a live member is never simply forgotten. A
 * belief may also be told again with a better description.
 */
const RISE: readonly (readonly number[])[] = [
  [NEVER, ANY, ANY, ANY, ANY],
  [NEVER, SAME, SAME, SAME, SAME],
  [NEVER, HIGHER, SAME, SAME, SAME],
  [ANY, HIGHER, HIGHER, SAME, SAME],
  [ANY, HIGHER, HIGHER, HIGHER, SAME],
];

export const legalTransitions: Rule = {
  id: 'legal-transitions',
  words:
    'At one incarnation a belief only climbs from alive over suspect and dead to left; only the gone are forgotten.',
  create: ({ world, cluster }) => ({
    onTransition(change) {
      const known = change.before !== Belief.unknown;
      const held = known ? Math.max(change.beforeIncarnation, change.event.fromIncarnation) : 0;
      if (change.incarnation - held >= (RISE[change.before]?.[change.after] ?? NEVER)) return;
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
