import { State } from '../../core/wire/messages.ts';
import { forgetfulHosts } from './forgetful.ts';
import type { Rule } from './rule.ts';

/**
 * An alive at one incarnation describes one thing, wherever it is believed: two would never be told apart. Names
 * that two hosts claim are exempt, and so are hosts that forgot where they were: one number, two lives.
 */
export const oneDescription: Rule = {
  id: 'one-description',
  words: 'All who hold a member alive at one incarnation hold the same address and metadata.',
  create({ world, cluster }) {
    const forgetful = forgetfulHosts(world.faults);
    /** By column: incarnation to description. */
    const known: Map<number, number>[] = [];
    return {
      onTransition(change) {
        if (change.event.to !== State.alive || cluster.isDisputed(change.subject)) return;
        const name = cluster.nameOf(change.subject);
        if (forgetful.has(cluster.hostOf(change.subject)?.name ?? name)) return;
        let byIncarnation = known[change.subject];
        if (byIncarnation === undefined) {
          byIncarnation = new Map();
          known[change.subject] = byIncarnation;
        }
        const first = byIncarnation.get(change.incarnation);
        if (first === undefined) {
          byIncarnation.set(change.incarnation, change.description);
        } else if (first !== change.description) {
          const texts = cluster.descriptions;
          world.violate({
            invariant: 'one-description',
            subject: name,
            phase: 'always',
            detail:
              `${change.observer.name} holds ${name} at incarnation ${change.incarnation} as ` +
              `${texts.textOf(change.description)}; others hold ${texts.textOf(first)}`,
          });
        }
      },
    };
  },
};
