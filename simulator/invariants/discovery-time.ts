import type { Micros } from '../../core/ports/clock.ts';
import type { WorldView } from '../invariant.ts';

/** When a rule holds; from the start and to the end unless said otherwise. Schedules know what is true at which time. */
export interface JudgedTime {
  readonly from?: Micros;
  readonly until?: Micros;
}

export function isWithin({ from = 0, until = Infinity }: JudgedTime, world: WorldView): boolean {
  const now = world.now();
  return now >= from && now < until;
}

export function inWords({ from = 0, until }: JudgedTime): string {
  const begin = `from ${from / 1_000_000} s on`;
  return until === undefined ? begin : `${begin}, until ${until / 1_000_000} s`;
}
