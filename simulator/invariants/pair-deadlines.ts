import type { Micros } from '../../core/ports/clock.ts';
import type { HostView } from '../invariant.ts';
import type { ClusterView } from './cluster-view.ts';

export interface PairDeadline {
  readonly observer: HostView;
  readonly life: number;
  readonly subject: number;
  /** What the observer held when the clock started; a later one makes this entry void. */
  readonly incarnation: number;
  readonly since: Micros;
}

/**
 * Things that an observer owes about a subject, oldest first. All share one duration, so they fall due in the order
 * in which they came, and a look costs nothing while none is due.
 */
export class PairDeadlines {
  readonly #cluster: ClusterView;
  #waiting: PairDeadline[] = [];
  #next = 0;

  constructor(cluster: ClusterView) {
    this.#cluster = cluster;
  }

  add(observer: HostView, subject: number, incarnation: number, since: Micros): void {
    this.#waiting.push({ observer, life: this.#cluster.lifeOf(observer), subject, incarnation, since });
  }

  /** Takes out and visits all that are at least `duration` old. `visit` may add again. */
  due(now: Micros, duration: Micros, visit: (entry: PairDeadline) => void): void {
    const end = this.#waiting.length;
    while (this.#next < end) {
      const entry = this.#waiting[this.#next] as PairDeadline;
      if (entry.since + duration > now) break;
      this.#next++;
      if (this.#cluster.isPresent(entry.observer) && this.#cluster.lifeOf(entry.observer) === entry.life) visit(entry);
    }
    if (this.#next > 1024 && this.#next * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
  }
}
