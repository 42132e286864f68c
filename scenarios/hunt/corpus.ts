import type { Random } from '../../core/ports/random.ts';
import type { Done, Task } from '../player.ts';
import type { Coverage } from './coverage.ts';

/** A run that was worth remembering: what it did, and how often it was varied since. */
interface Entry {
  readonly task: Task;
  readonly shape: readonly number[];
  readonly points: readonly string[];
  /** In thousands of events. */
  readonly cost: number;
  children: number;
  worth: number;
}

/** Fewer would forget too soon what was rare; more are never drawn. */
const MOST_ENTRIES = 100;

/** A point was named by a person, a feature of a shape only happened. */
const POINT_WEIGHT = 50;

/** Draws are made in whole numbers. */
const PRECISION = 1_000;

/**
 * The runs that others are variations of.
 *
 * A run enters when it reached a *sometimes* point or has a feature of shape that no run before it had. It is worth the
 * sum over all that it did of 1 / (how many runs of the hunt did the same), a point counting as fifty features: what
 * is rare weighs, and what all runs do comes to nothing. That is divided by what the run costs, or large worlds would
 * win for being large; and by the number of variations that were made of it, plus one, so that no run is flogged. The
 * next parent is drawn in proportion. All is worked out anew for every generation, since what was rare gets common.
 */
export class Corpus {
  readonly #coverage: Coverage;
  #entries: Entry[] = [];

  constructor(coverage: Coverage) {
    this.#coverage = coverage;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** A run that did something new. */
  add(task: Task, { result, shape = [] }: Pick<Done, 'result' | 'shape'>): void {
    const { reached, events } = result.metrics;
    this.#entries.push({ task, shape, points: reached, cost: 1 + events / 1_000, children: 0, worth: 0 });
  }

  /** Weighs everything by what is rare now. Called between generations. */
  weigh(): void {
    for (const entry of this.#entries) entry.worth = this.#worthOf(entry);
    // Equal worth: the earlier run stays.
    this.#entries = this.#entries.toSorted((a, b) => b.worth - a.worth).slice(0, MOST_ENTRIES);
  }

  /** A run to be varied; undefined while there is none. */
  parent(random: Random): Task | undefined {
    const weights = this.#entries.map(({ worth, children }) => 1 + Math.floor((worth * PRECISION) / (1 + children)));
    let left = random.int(
      Math.max(
        1,
        weights.reduce((sum, weight) => sum + weight, 0),
      ),
    );
    const chosen = this.#entries.find((_, index) => (left -= weights[index] as number) < 0);
    if (chosen !== undefined) chosen.children++;
    return chosen?.task;
  }

  #worthOf({ shape, points, cost }: Entry): number {
    const ofShape = shape.reduce((sum, feature) => sum + 1 / this.#coverage.shaped(feature), 0);
    const ofPoints = points.reduce((sum, point) => sum + 1 / (this.#coverage.reached.get(point) ?? 1), 0);
    return (ofShape + POINT_WEIGHT * ofPoints) / cost;
  }
}
