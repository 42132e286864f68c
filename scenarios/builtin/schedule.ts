import { type Micros, MILLISECOND, SECOND } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { Fault } from '../../simulator/faults/fault.ts';

/** A fault before it has a name. */
export type Step = Fault extends infer F ? (F extends Fault ? Omit<F, 'id'> : never) : never;

/** Names the steps of a story in the order in which they happen. */
export function schedule(steps: readonly Step[]): Fault[] {
  return steps.toSorted((a, b) => a.at - b.at).map((step, index) => ({ ...step, id: `f${index + 1}` }) as Fault);
}

export function seconds(count: number): Micros {
  return Math.round(count * SECOND);
}

/** A moment between two times, in whole milliseconds. */
export function between(random: Random, fromSeconds: number, toSeconds: number): Micros {
  const span = Math.round((toSeconds - fromSeconds) * 1_000);
  return seconds(fromSeconds) + random.int(span + 1) * MILLISECOND;
}

/** `count` different ones, in random order. */
export function some<T>(random: Random, items: readonly T[], count: number): T[] {
  return random.shuffle([...items]).slice(0, count);
}

/** When the last step is over; 0 without any. */
export function endOf(faults: readonly Fault[]): Micros {
  return faults.reduce((end, fault) => Math.max(end, fault.at + ('for' in fault ? fault.for : 0)), 0);
}

/** Hosts that crash, and come back later. */
export function outage(
  hosts: string[],
  from: Micros,
  until: Micros,
  back: { readonly keepStore: boolean; readonly newAddress?: boolean },
): Step[] {
  const { keepStore, newAddress = false } = back;
  return [
    { kind: 'crash', at: from, hosts },
    { kind: 'restart', at: until, hosts, keepStore, newAddress },
  ];
}
