import type { Observe } from './observation.ts';

/**
 * Lifeguard's local health (section IV-A): how much a node should doubt itself. 0 is healthy; with each point it waits
 * one probe interval longer before it accuses anybody.
 */
export class LocalHealth {
  readonly #max: number;
  readonly #observe: Observe | undefined;
  #score = 0;

  constructor(max: number, observe: Observe | undefined) {
    this.#max = max;
    this.#observe = observe;
  }

  get score(): number {
    return this.#score;
  }

  move(delta: number): void {
    const score = Math.min(this.#max, Math.max(0, this.#score + delta));
    if (score === this.#score) return;
    this.#score = score;
    this.#observe?.({ type: 'health', score });
  }
}
