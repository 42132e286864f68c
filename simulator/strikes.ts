import type { Fault } from './faults/fault.ts';

/**
 * Which faults had an effect. A fault counts once under its kind, and once under each of its harms that did something,
 * such as `link.loss`.
 */
export class Strikes {
  readonly #counts = new Map<string, number>();
  readonly #seen = new Map<Fault, Set<string>>();

  strike(fault: Fault, harm = ''): void {
    const seen = this.#seen.get(fault);
    if (seen === undefined) {
      this.#seen.set(fault, new Set([harm]));
      this.#count(fault.kind);
    } else {
      if (seen.has(harm)) return;
      seen.add(harm);
    }
    if (harm !== '') this.#count(`${fault.kind}.${harm}`);
  }

  /** How many faults struck, by kind and by harm, in the order of their names. */
  get counts(): Readonly<Record<string, number>> {
    const names = [...this.#counts.keys()].toSorted((a, b) => (a < b ? -1 : 1));
    return Object.fromEntries(names.map((name) => [name, this.#counts.get(name) as number]));
  }

  /** The ids of the faults that struck, in the order in which they first did. */
  get ids(): string[] {
    return [...this.#seen.keys()].map((fault) => fault.id);
  }

  #count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
}
