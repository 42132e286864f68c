import type { Micros, Timer } from '../core/ports/clock.ts';

export interface PendingTimer {
  readonly timer: Timer;
  readonly due: Micros;
  readonly task: () => void;
}

/**
 * Timers by due time and then by setting, in a binary heap. A cancelled one stays in the heap as a corpse until it comes
 * to the top or corpses are the majority, so that cancelling costs next to nothing: most timers are cancelled.
 */
export class TimerHeap {
  #heap: PendingTimer[] = [];
  /** The timers that are not cancelled. */
  readonly #live = new Set<Timer>();

  get size(): number {
    return this.#live.size;
  }

  add(entry: PendingTimer): void {
    this.#live.add(entry.timer);
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
  }

  cancel(timer: Timer): void {
    if (this.#live.delete(timer) && this.#heap.length > 2 * this.#live.size + 64) this.#bury();
  }

  /** The next to run. */
  first(): PendingTimer | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#live.has(top.timer)) return top;
      this.#removeTop();
    }
    return undefined;
  }

  /** Takes out what `first` returned. */
  removeFirst(): void {
    const first = this.first();
    if (first === undefined) return;
    this.#live.delete(first.timer);
    this.#removeTop();
  }

  #bury(): void {
    // A sorted array is a heap.
    this.#heap = this.#heap.filter(({ timer }) => this.#live.has(timer)).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #removeTop(): void {
    const last = this.#heap.pop() as PendingTimer;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(at: number): void {
    const heap = this.#heap;
    const entry = heap[at] as PendingTimer;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as PendingTimer;
      if (!isBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  #sink(at: number): void {
    const heap = this.#heap;
    const entry = heap[at] as PendingTimer;
    for (;;) {
      let below = 2 * at + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        below += 1;
      }
      if (!isBefore(child, entry)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = entry;
  }
}

function isBefore(a: PendingTimer, b: PendingTimer): boolean {
  return a.due < b.due || (a.due === b.due && a.timer < b.timer);
}
