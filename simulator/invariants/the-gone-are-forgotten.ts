import type { Micros } from '../../core/ports/clock.ts';
import { beliefInWords, isGone, isListed } from './beliefs.ts';
import type { Bounds } from './bounds.ts';
import { withMargin } from './bounds.ts';
import type { Rule } from './rule.ts';

const ID = 'the-gone-are-forgotten';

interface Gone {
  readonly subject: number;
  readonly incarnation: number;
  readonly dueAt: Micros;
  /** The observer's turn clock when it fell due; counted from the first turn after. */
  stamp: number | undefined;
}

/**
 * Departed members are kept for a while, so that rumours of them find a verdict, and are then dropped at the end of
 * a pass of probes: views do not fill up with ghosts. A pass is counted in the observer's own turns, one more for
 * each member that was inserted.
 */
export function theGoneAreForgotten(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: ID,
    words: 'Nobody lists a departed member for longer than gossip to the dead goes on, plus one pass of probes.',
    create({ world, cluster }) {
      const bounds = boundsFor(world.hosts.length);
      const keep = withMargin(bounds.keepTheGone);
      const clock = new Int32Array(world.hosts.length);
      const waiting: Gone[][] = world.hosts.map(() => []);
      return {
        onFresh(host) {
          waiting[host.index] = [];
        },
        onTransition(change) {
          const row = change.observer.index;
          if (change.own || !change.moved) return;
          if (isListed(change.after) && !isListed(change.before)) clock[row] = (clock[row] as number) - 1;
          if (!isGone(change.after)) return;
          const dueAt = world.now() + keep;
          waiting[row]?.push({ subject: change.subject, incarnation: change.incarnation, dueAt, stamp: undefined });
        },
        onProbe(host) {
          const row = host.index;
          const turn = (clock[row] as number) + 1;
          clock[row] = turn;
          const queue = waiting[row];
          if (queue === undefined) return;
          while (queue.length > 0) {
            const oldest = queue[0] as Gone;
            if (oldest.dueAt > world.now()) return;
            const belief = cluster.beliefs.belief(row, oldest.subject);
            const current = isGone(belief) && cluster.beliefs.incarnation(row, oldest.subject) === oldest.incarnation;
            if (current && !isLaterIn(queue, oldest)) {
              oldest.stamp ??= turn;
              if (turn - oldest.stamp <= cluster.subjects + 1) return;
              const name = cluster.nameOf(oldest.subject);
              world.violate({
                invariant: ID,
                subject: `${host.name}>${name}`,
                phase: 'always',
                detail: `${host.name} lists ${name} as ${beliefInWords(belief)} a whole pass of probes after it should have forgotten it`,
              });
            }
            queue.shift();
          }
        },
      };
    },
  };
}

/** The same departure was told again (dead, then left): its time counts from the last. */
function isLaterIn(queue: readonly Gone[], one: Gone): boolean {
  return queue.some((other) => other !== one && other.subject === one.subject && other.incarnation === one.incarnation);
}
