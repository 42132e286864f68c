import { confirmationsNeeded, suspicionMaxMs, suspicionMinMs } from './formulas.ts';
import { entry, type Ground } from './ground.ts';
import { Suspicion } from './suspicion.ts';

/** All running suspicions of a view, by row. However a suspicion was learned of, it has a deadline. */
export class Suspicions {
  readonly #ground: Ground;
  readonly #onExpired: (node: string, incarnation: number) => void;
  readonly #byRow = new Map<number, Suspicion>();

  constructor(ground: Ground, onExpired: (node: string, incarnation: number) => void) {
    this.#ground = ground;
    this.#onExpired = onExpired;
  }

  start(row: number, by: string): void {
    const { table, settings, clock, hub, counters } = this.#ground;
    const n = table.size;
    const node = table.description(row).name;
    const incarnation = table.incarnation(row);
    const bounds = {
      minMs: suspicionMinMs(settings, n),
      maxMs: suspicionMaxMs(settings, n),
      k: confirmationsNeeded(settings, n),
    };
    const expire = entry(hub, () => {
      if (this.#byRow.get(row)?.unconfirmed === true) counters.suspicionsUnconfirmed += 1;
      this.#byRow.delete(row);
      this.#onExpired(node, incarnation);
    });
    this.#byRow.set(row, new Suspicion(clock, bounds, by, expire));
  }

  /** True when this accuser is new and still counts. */
  confirm(row: number, by: string): boolean {
    return this.#byRow.get(row)?.confirm(by) === true;
  }

  stop(row: number): void {
    this.#byRow.get(row)?.cancel();
    this.#byRow.delete(row);
  }

  stopAll(): void {
    for (const suspicion of this.#byRow.values()) suspicion.cancel();
    this.#byRow.clear();
  }
}
