import type { HostView } from '../invariant.ts';
import { Belief, beliefInWords, isListed } from './beliefs.ts';
import type { Change, ClusterView } from './cluster-view.ts';

/**
 * How far the views are from the truth, kept up with every transition instead of comparing n^2 cells at every look.
 *
 * A present observer is wrong about a subject when it does not list a present member as alive, or lists anybody
 * else. It is misinformed when it lists a present member alive under another description than the member's own.
 */
export class Agreement {
  readonly #cluster: ClusterView;
  /** By column, over present observers other than the subject. */
  readonly #alive: number[] = [];
  readonly #listed: number[] = [];
  readonly #informed: number[] = [];
  #wrong = 0;
  #misinformed = 0;

  constructor(cluster: ClusterView) {
    this.#cluster = cluster;
    this.resum();
  }

  /** Pairs of present observer and subject about whose presence the observer is wrong. */
  get wrong(): number {
    return this.#wrong;
  }

  /** Pairs that agree on presence and differ on address or metadata. */
  get misinformed(): number {
    return this.#misinformed;
  }

  /** Present observers, other than the subject itself, that list the subject as alive or suspect. */
  listedBy(column: number): number {
    return this.#listed[column] ?? 0;
  }

  /** Every present host lists exactly the present members, alive. */
  get complete(): boolean {
    return this.#wrong === 0;
  }

  onTransition(change: Change): void {
    const column = change.subject;
    // A new column is counted as it stands, with this change in it.
    if (column >= this.#alive.length) return this.resum();
    if (change.own || !this.#cluster.isPresent(change.observer)) return;
    this.#discount(column);
    const own = this.#cluster.ownDescription(column);
    this.#count(column, change.before, change.beforeDescription === own, -1);
    this.#count(column, change.after, change.description === own, 1);
    this.#recount(column);
  }

  /** A subject changed its own description: its whole column is judged anew. */
  onDescription(column: number): void {
    if (column >= this.#alive.length) return this.resum();
    this.#discount(column);
    this.#scan(column);
    this.#recount(column);
  }

  /** An observer starts to be judged. Call it once the cluster counts the host as present. */
  enrol(observer: HostView): void {
    this.#countRow(observer, 1);
    this.resum();
  }

  /** An observer is no longer judged. Call it while its row is still what it was. */
  withdraw(observer: HostView): void {
    this.#countRow(observer, -1);
  }

  /** Who is expected changed: what is wrong with each column is summed anew. */
  resum(): void {
    this.#wrong = 0;
    this.#misinformed = 0;
    this.#addColumns();
    for (let column = 0; column < this.#alive.length; column++) this.#recount(column);
  }

  /** One pair that is wrong, in words, and whom it is about; undefined when all agree. */
  example(kind: 'wrong' | 'misinformed'): { pair: string; detail: string } | undefined {
    const cluster = this.#cluster;
    for (let column = 0; column < cluster.subjects; column++) {
      if (cluster.isDisputed(column)) continue;
      const member = cluster.isMember(column);
      for (const observer of cluster.world.hosts) {
        if (!cluster.isPresent(observer) || cluster.ownColumn(observer) === column) continue;
        const found = this.#exampleAt(kind, observer, column, member);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #exampleAt(kind: 'wrong' | 'misinformed', observer: HostView, column: number, member: boolean) {
    const cluster = this.#cluster;
    const belief = cluster.beliefs.belief(observer.index, column);
    const pair = `${observer.name}>${cluster.nameOf(column)}`;
    const alive = belief === Belief.alive;
    if (kind === 'wrong' && (member ? !alive : isListed(belief))) {
      const truth = member ? 'a live member' : 'gone';
      return {
        pair,
        detail: `${observer.name} holds ${cluster.nameOf(column)} ${beliefInWords(belief)}, but it is ${truth}`,
      };
    }
    const held = cluster.beliefs.description(observer.index, column);
    const own = cluster.ownDescription(column);
    if (kind === 'misinformed' && member && alive && held !== own) {
      const texts = cluster.descriptions;
      const detail = `${observer.name} knows ${cluster.nameOf(column)} as ${texts.textOf(held)}, but it is ${texts.textOf(own)}`;
      return { pair, detail };
    }
    return undefined;
  }

  #addColumns(): void {
    for (let column = this.#alive.length; column < this.#cluster.subjects; column++) this.#scan(column);
  }

  #countRow(observer: HostView, by: number): void {
    const cluster = this.#cluster;
    const own = cluster.ownColumn(observer);
    for (let column = 0; column < this.#alive.length; column++) {
      if (column === own) continue;
      const informed = cluster.beliefs.description(observer.index, column) === cluster.ownDescription(column);
      this.#count(column, cluster.beliefs.belief(observer.index, column), informed, by);
    }
  }

  #scan(column: number): void {
    const cluster = this.#cluster;
    this.#alive[column] = 0;
    this.#listed[column] = 0;
    this.#informed[column] = 0;
    const own = cluster.ownDescription(column);
    for (const observer of cluster.world.hosts) {
      if (!cluster.isPresent(observer) || cluster.ownColumn(observer) === column) continue;
      const informed = cluster.beliefs.description(observer.index, column) === own;
      this.#count(column, cluster.beliefs.belief(observer.index, column), informed, 1);
    }
  }

  #count(column: number, belief: number, informed: boolean, by: number): void {
    if (!isListed(belief)) return;
    this.#listed[column] = (this.#listed[column] as number) + by;
    if (belief !== Belief.alive) return;
    this.#alive[column] = (this.#alive[column] as number) + by;
    if (informed) this.#informed[column] = (this.#informed[column] as number) + by;
  }

  #wrongAbout(column: number): number {
    const cluster = this.#cluster;
    if (cluster.isDisputed(column)) return 0;
    if (!cluster.isMember(column)) return this.#listed[column] as number;
    return cluster.presentCount - 1 - (this.#alive[column] as number);
  }

  #misinformedAbout(column: number): number {
    if (!this.#cluster.isMember(column)) return 0;
    return (this.#alive[column] as number) - (this.#informed[column] as number);
  }

  #discount(column: number): void {
    this.#wrong -= this.#wrongAbout(column);
    this.#misinformed -= this.#misinformedAbout(column);
  }

  #recount(column: number): void {
    this.#wrong += this.#wrongAbout(column);
    this.#misinformed += this.#misinformedAbout(column);
  }
}
