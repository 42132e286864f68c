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
 * Incarnations are plain unsigned 32-bit numbers and never wrap. Nobody may be accused at the ceiling or above, so
 * whoever is accused can always answer with a higher one.
 */
export const INCARNATION_CEILING = 0xffff_fffe;

/** Half a year of seconds: no member that we know gets this far ahead of what we hold by honest means. */
export const INCARNATION_JUMP = 0x0100_0000;

/** Evidence too high to be true: at the very top, or out of reach of what is held about a live subject. */
export function implausible(state: State, incarnation: number, heldState: State, heldIncarnation: number): boolean {
  const top = state === State.alive ? INCARNATION_CEILING : INCARNATION_CEILING - 1;
  if (incarnation > top) return true;
  // A departed name may come back from another implementation, whose incarnations live elsewhere.
  const returning = state === State.alive && heldState >= State.dead;
  return !returning && incarnation - heldIncarnation > INCARNATION_JUMP;
}
