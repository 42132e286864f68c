import { Belief } from './beliefs.ts';
import type { Rule } from './rule.ts';

const ID = 'goodbyes-are-heard';

/**
 * Who says goodbye in a healthy cluster is remembered as left. Gossip may miss one or the other, who then finds the
 * leaver silent and mourns it; not most of them.
 */
export const goodbyesAreHeard: Rule = {
  id: ID,
  words: 'When nothing is wrong, a member that says goodbye is held left, not dead, by most of the others.',
  create({ world, cluster, agreement }) {
    /** By column: who mourns it since its goodbye. */
    const mourners = new Map<number, Set<string>>();
    return {
      onOther(host, event) {
        if (event.type !== 'leaving') return;
        const column = cluster.ownColumn(host);
        // Right after the last fault, or its own start, it may not know whom to tell, nor they that it is back.
        const known = agreement.listedBy(column) === cluster.presentCount;
        const knows = cluster.listed(host) > cluster.presentCount;
        if (world.healed() && known && knows) mourners.set(column, new Set());
      },
      onTransition(change) {
        if (change.own && change.after === Belief.alive) mourners.delete(change.subject);
        const mourning = mourners.get(change.subject);
        if (mourning === undefined || change.after !== Belief.dead) return;
        mourning.add(change.observer.name);
        if (mourning.size * 2 <= cluster.presentCount) return;
        mourners.delete(change.subject);
        const name = cluster.nameOf(change.subject);
        world.violate({
          invariant: ID,
          subject: name,
          phase: 'always',
          detail: `${name} said goodbye when nothing was wrong, and ${mourning.size} of ${cluster.presentCount} declared it dead`,
        });
      },
    };
  },
};
