import type { Micros } from '../../core/ports/clock.ts';
import type { WorldView } from '../invariant.ts';

/** When a rule holds; from the start and to the end unless said otherwise. Schedules know what is true at which time. */
export interface Window {
  readonly from?: Micros;
  readonly until?: Micros;
}

export function isWithin({ from = 0, until = Infinity }: Window, world: WorldView): boolean {
  const now = world.now();
  return now >= from && now < until;
}

export function inWords({ from = 0, until }: Window): string {
  const begin = `from ${from / 1_000_000} s on`;
  return until === undefined ? begin : `${begin}, until ${until / 1_000_000} s`;
}
