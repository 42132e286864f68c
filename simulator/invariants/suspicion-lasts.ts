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
      const accusations = new Accusations(cluster, bounds.longestTurn);
      /** By observer and subject: what the observer's timer was set by. */
      const started = new Map<number, { at: Micros; listed: number }>();
      return {
        onProbe(host, event) {
          if (event.subject !== '') accusations.probed(host, cluster.columnOf(event.subject), world.now());
        },
        onOther(host, event) {
          if (event.type === 'push-pull') accusations.exchanged(host);
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
 * The most that may have spoken against each suspect at each of its incarnations: who is named as its accuser, who
 * probed it at the time, and who learned of it in an exchange of states, which is passed on in the learner's name.
 */
class Accusations {
  readonly #cluster: ClusterView;
  readonly #longestProbe: Micros;
  /** By subject and incarnation. */
  readonly #open = new Map<number, Map<number, Set<string>>>();
  /** By subject: probes that may still be under way. */
  readonly #probes = new Map<number, { by: string; at: Micros }[]>();

  constructor(cluster: ClusterView, longestProbe: Micros) {
    this.#cluster = cluster;
    this.#longestProbe = longestProbe;
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
      accusers = new Set((this.#probes.get(subject) ?? []).map((probe) => probe.by));
      cases.set(incarnation, accusers);
      for (const old of cases.keys()) if (cases.size > CASES_KEPT) cases.delete(old);
    }
    accusers.add(by);
  }

  probed(host: HostView, subject: number, now: Micros): void {
    const by = this.#cluster.nameOf(this.#cluster.ownColumn(host));
    for (const accusers of this.#open.get(subject)?.values() ?? []) accusers.add(by);
    let probes = this.#probes.get(subject);
    if (probes === undefined) {
      probes = [];
      this.#probes.set(subject, probes);
    }
    probes.push({ by, at: now });
    while ((probes[0]?.at ?? now) < now - this.#longestProbe) probes.shift();
  }

  exchanged(host: HostView): void {
    const by = this.#cluster.nameOf(this.#cluster.ownColumn(host));
    for (const cases of this.#open.values()) for (const accusers of cases.values()) accusers.add(by);
  }
}
