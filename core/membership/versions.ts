import { State, type Description, type PeerState } from '../wire/messages.ts';
import type { MemberTable } from './member-table.ts';

/** Whether one member's ranges admit what another speaks. */
export function understands(ranges: Uint8Array, speaker: Uint8Array): boolean {
  for (const at of [0, 3]) {
    const current = speaker[at + 2]!;
    if (current < ranges[at]! || current > ranges[at + 1]!) return false;
  }
  return true;
}

/** The lowest maximum and the highest minimum of a set of members, for the protocol and for the layer above it. */
class Ranges {
  readonly min = [0, 0];
  readonly max = [255, 255];

  /** Nearly all members share one array: looking at it once is enough. */
  #last: Uint8Array | undefined;
  #admitted: Uint8Array | undefined;

  /** Vsn is [min, max, current] of the protocol, then of the layer. */
  narrow(vsn: Uint8Array): void {
    if (vsn === this.#last) return;
    this.#last = vsn;
    for (let i = 0; i < 2; i += 1) {
      this.min[i] = Math.max(this.min[i]!, vsn[i * 3]!);
      this.max[i] = Math.min(this.max[i]!, vsn[i * 3 + 1]!);
    }
  }

  /** After the last `narrow`. */
  admits(vsn: Uint8Array): boolean {
    if (vsn === this.#admitted) return true;
    for (let i = 0; i < 2; i += 1) {
      const current = vsn[i * 3 + 2]!;
      if (current < this.min[i]! || current > this.max[i]!) return false;
    }
    this.#admitted = vsn;
    return true;
  }

  inWords(): string {
    return `protocol ${this.min[0]} to ${this.max[0]} and layer ${this.min[1]} to ${this.max[1]}`;
  }
}

/**
 * Why two groups cannot merge: each member's current version must lie in what every member understands. Both sides
 * come to the same verdict, because both look at the union of the living.
 */
export function versionConflict(table: MemberTable, remote: readonly PeerState[]): string | undefined {
  const ours = livingIn(table);
  const theirs = remote.filter((one) => one.state === State.alive).map((one) => one.about);
  const together = new Ranges();
  for (const about of ours) together.narrow(about.vsn);
  for (const about of theirs) together.narrow(about.vsn);
  if (theirs.every((about) => together.admits(about.vsn)) && ours.every((about) => together.admits(about.vsn))) {
    return undefined;
  }
  // Of all that are now out of range, the one to name is the one that our side alone would not understand.
  const own = new Ranges();
  for (const about of ours) own.narrow(about.vsn);
  const odd = theirs.find((about) => !own.admits(about.vsn));
  return odd === undefined
    ? `some of us speak versions that all together do not understand: ${together.inWords()}`
    : `${odd.name} speaks versions [${odd.vsn.join(', ')}], but we understand ${own.inWords()}`;
}

function livingIn(table: MemberTable): Description[] {
  const living: Description[] = [];
  for (let row = 0; row < table.rows; row += 1) {
    if (table.holds(row) && table.state(row) === State.alive) living.push(table.description(row));
  }
  return living;
}
