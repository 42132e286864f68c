import type { Done } from '../player.ts';
import type { Scenario } from '../scenario.ts';

/** Every way in which a world can do harm, as it is counted when it has an effect. What services suffer is their own. */
export const FAULT_CLASSES = [
  'crash',
  'restart',
  'pause.ioBlock',
  'pause.freeze',
  'slow',
  'slow.overflow',
  'clock',
  'partition',
  'block',
  'link.loss',
  'link.burst',
  'link.duplicate',
  'link.reorder',
  'link.corrupt',
  'link.truncate',
  'link.delay',
  'link.bytesPerSecond',
  'stream.refuse',
  'stream.reset',
  'stream.stall',
  'stream.half-open',
] as const;

/** What the runs of a hunt did, in numbers of runs that did it. */
export class Coverage {
  /** By class of faults. */
  readonly struck = new Map<string, number>();
  /** By *sometimes* point. */
  readonly reached = new Map<string, number>();
  /** By feature of the shape. */
  readonly #shapes = new Map<number, number>();
  readonly #points: ReadonlySet<string>;

  constructor(scenarios: readonly Scenario[]) {
    this.#points = new Set(scenarios.flatMap(({ sometimes = [] }) => sometimes));
  }

  /** Takes a run in, and says whether it did anything for the first time. */
  add({ result, shape = [] }: Pick<Done, 'result' | 'shape'>): boolean {
    const before = this.reached.size + this.#shapes.size;
    for (const [name, times] of Object.entries(result.metrics.struck)) if (times > 0) count(this.struck, name);
    for (const point of result.metrics.reached) count(this.reached, point);
    for (const feature of shape) count(this.#shapes, feature);
    return this.reached.size + this.#shapes.size > before;
  }

  get shapes(): number {
    return this.#shapes.size;
  }

  shaped(feature: number): number {
    return this.#shapes.get(feature) ?? 0;
  }

  get classesStruck(): readonly string[] {
    return FAULT_CLASSES.filter((name) => this.struck.has(name));
  }

  get neverStruck(): readonly string[] {
    return FAULT_CLASSES.filter((name) => !this.struck.has(name));
  }

  /** Points that the scenarios name, reached or not. */
  get points(): number {
    return this.#points.size;
  }

  get neverReached(): readonly string[] {
    return [...this.#points].filter((point) => !this.reached.has(point));
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
