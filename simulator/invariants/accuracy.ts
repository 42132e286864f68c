import type { Bounds } from './bounds.ts';
import { withMargin } from './bounds.ts';
import { Belief, isListed } from './beliefs.ts';
import type { Rule } from './rule.ts';

/** While nothing is wrong, nobody errs: suspicions that faults left behind are settled by then. */
export function accuracy(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: 'accuracy',
    words: 'Once the cluster had time to settle after the last fault, no live member is declared dead.',
    create({ world, cluster }) {
      const settling = withMargin(boundsFor(world.hosts.length).converged);
      return {
        onTransition(change) {
          if (change.after !== Belief.dead || !isListed(change.before)) return;
          if (!cluster.isMember(change.subject) || !cluster.isPresent(change.observer)) return;
          if (!world.healed() || world.now() - cluster.quietSince() < settling) return;
          const name = cluster.nameOf(change.subject);
          world.violate({
            invariant: 'accuracy',
            subject: `${change.observer.name}>${name}`,
            phase: 'after-healing',
            detail:
              `${change.observer.name} declared ${name} dead by word of ${change.event.by}, ` +
              `although ${name} runs and nothing was wrong for ${((world.now() - cluster.quietSince()) / 1_000_000).toFixed(1)} s`,
          });
        },
      };
    },
  };
}
