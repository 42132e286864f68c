import type { Micros } from '../../core/ports/clock.ts';
import type { HostView } from '../invariant.ts';
import { Belief } from './beliefs.ts';
import { type Bounds, lessDrift } from './bounds.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Rule } from './rule.ts';

/** A member that is accused and refutes again and again: its oldest cases are closed everywhere by then. */
const CASES_KEPT = 32;

/**
 * A suspect gets the time that the settings promise it: the longest timeout while one observer accuses, less for
 * each other that confirms (Lifeguard, section IV-B). A message that came twice confirms nothing.
 */
export function suspicionLasts(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: 'suspicion-lasts',
    words: 'Nobody is declared dead before its suspicion could have run out with the confirmations there are.',
    create({ world, cluster }) {
      const bounds = boundsFor(world.hosts.length);
      const accusations = new Accusations(cluster);
      /** By observer and subject: what the observer's timer was set by. */
      const started = new Map<number, { at: Micros; listed: number }>();
      return {
        onFresh(host) {
          accusations.forget(host);
        },
        onProbe(host, subject) {
          accusations.turn(host, subject);
        },
        onTransition(change) {
          if (!change.moved) return;
          const key = change.subject * world.hosts.length + change.observer.index;
          if (change.after === Belief.suspect) {
            accusations.accuse(change.subject, change.incarnation, change.event.by);
            started.set(key, { at: world.now(), listed: cluster.listed(change.observer) });
            return;
          }
          const start = started.get(key);
          if (start === undefined) return;
          started.delete(key);
          if (change.after !== Belief.dead || change.event.cause !== 'suspicion') return;
          const lasted = world.now() - start.at;
          const confirmed = accusations.accusersOf(change.subject, change.incarnation) - 1;
          const least = lessDrift(bounds.shortestSuspicion(start.listed, confirmed));
          if (lasted >= least) return;
          const name = cluster.nameOf(change.subject);
          world.violate({
            invariant: 'suspicion-lasts',
            subject: `${change.observer.name}>${name}`,
            phase: 'always',
            detail:
              `${change.observer.name} declared ${name} dead ${(lasted / 1_000_000).toFixed(3)} s after suspecting it, ` +
              `but with at most ${confirmed} confirmations it had ${(least / 1_000_000).toFixed(3)} s`,
          });
        },
      };
    },
  };
}

/**
 * The most that may have spoken against each suspect at each of its incarnations: who is named as its accuser, and
 * whose probe of it ended since. A probe ends, answered or not, when its host's next turn begins.
 */
class Accusations {
  readonly #cluster: ClusterView;
  /** By subject and incarnation. */
  readonly #open = new Map<number, Map<number, Set<string>>>();
  /** By host: the subject of the probe that is under way; -1 for none. */
  readonly #probed: number[];

  constructor(cluster: ClusterView) {
    this.#cluster = cluster;
    this.#probed = cluster.world.hosts.map(() => -1);
  }

  accusersOf(subject: number, incarnation: number): number {
    return this.#open.get(subject)?.get(incarnation)?.size ?? 1;
  }

  accuse(subject: number, incarnation: number, by: string): void {
    let cases = this.#open.get(subject);
    if (cases === undefined) {
      cases = new Map();
      this.#open.set(subject, cases);
    }
    let accusers = cases.get(incarnation);
    if (accusers === undefined) {
      accusers = new Set();
      cases.set(incarnation, accusers);
      for (const old of cases.keys()) if (cases.size > CASES_KEPT) cases.delete(old);
    }
    accusers.add(by);
  }

  /** A turn begins: what became of the host's last probe is decided. */
  turn(host: HostView, subject: number): void {
    const ended = this.#probed[host.index] as number;
    this.#probed[host.index] = subject;
    const cases = this.#open.get(ended);
    if (cases === undefined) return;
    const by = this.#cluster.nameOf(this.#cluster.ownColumn(host));
    for (const accusers of cases.values()) accusers.add(by);
  }

  forget(host: HostView): void {
    this.#probed[host.index] = -1;
  }
}
