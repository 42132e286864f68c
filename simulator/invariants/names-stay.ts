import { Belief } from './beliefs.ts';
import type { Rule } from './rule.ts';

/**
 * A name belongs to whoever lives by it: a newcomer that claims it, by mistake or by malice, gets it only where the
 * holder no longer answers.
 */
export const namesStay: Rule = {
  id: 'names-stay',
  words: 'Nobody moves a name to another address while its holder lives and answers.',
  create({ world, cluster }) {
    return {
      onTransition(change) {
        if (change.own || change.before === Belief.unknown || change.description === change.beforeDescription) return;
        const from = cluster.descriptions.addressOf(change.beforeDescription);
        if (from === change.event.address || !world.healed()) return;
        const holder = world.hosts.find((host) => host.address === from);
        if (holder === undefined || holder.paused || !cluster.isPresent(holder)) return;
        if (cluster.ownColumn(holder) !== change.subject) return;
        const name = cluster.nameOf(change.subject);
        world.violate({
          invariant: 'names-stay',
          subject: `${change.observer.name}>${name}`,
          phase: 'always',
          detail: `${change.observer.name} gave the name ${name} of ${holder.name}, who lives at ${from}, to ${change.event.address}`,
        });
      },
    };
  },
};
