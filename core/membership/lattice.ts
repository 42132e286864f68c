import { State, type Description } from '../wire/messages.ts';

/**
 * What a view holds of a subject is the greatest evidence heard, in the order
 *
 *   (incarnation, alive < suspect < dead < left)
 *
 * and of two descriptions the one of the higher incarnation, ties broken on bytes. Both are joins of a semilattice:
 * order, repetition and grouping of evidence do not matter. Every change of a view goes through `overrides`.
 */
export function overrides(state: State, incarnation: number, heldState: State, heldIncarnation: number): boolean {
  return incarnation !== heldIncarnation ? incarnation > heldIncarnation : state > heldState;
}

/** A total order on what members say of themselves at one incarnation: which of two descriptions all views will hold. */
export function compareDescriptions(a: Description, b: Description): number {
  if (a === b) return 0;
  if (a.address !== b.address) return a.address < b.address ? -1 : 1;
  return compareBytes(a.meta, b.meta) || compareBytes(a.vsn, b.vsn);
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}

/**
 * Incarnations are plain unsigned 32-bit numbers and never wrap. Honest ones are seconds since 1970 or small counts, so
 * nobody may be accused above what the year 2065 will bring, and nobody may claim more than this above that. Both limits
 * are the same for everybody, whatever clocks say and whatever was heard before: an accusation that one member believes,
 * its subject can always answer, and what it answers all believe.
 */
export const ACCUSATION_MAX = 3_000_000_000;
export const INCARNATION_MAX = ACCUSATION_MAX + 0x0100_0000;

/** Half a year of seconds: an accusation this far above what we hold is not worth believing before its subject speaks. */
const JUMP = 0x0100_0000;

/** Evidence too high to be true. */
export function implausible(state: State, incarnation: number, heldIncarnation: number): boolean {
  if (state === State.alive) return incarnation > INCARNATION_MAX;
  return incarnation > ACCUSATION_MAX || incarnation - heldIncarnation > JUMP;
}
