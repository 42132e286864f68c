import { State, type PeerState } from '../wire/messages.ts';
import type { MemberTable } from './member-table.ts';

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
}

/**
 * Why two groups cannot merge: each member's current version must lie in what every member understands. Both sides
 * come to the same verdict, because both look at the union of the living.
 */
export function versionConflict(table: MemberTable, remote: readonly PeerState[]): string | undefined {
  const ranges = new Ranges();
  for (let row = 0; row < table.rows; row += 1) {
    if (table.holds(row) && table.state(row) === State.alive) ranges.narrow(table.description(row).vsn);
  }
  for (const { about, state } of remote) if (state === State.alive) ranges.narrow(about.vsn);
  for (const { about, state } of remote) {
    if (state === State.alive && !ranges.admits(about.vsn)) return complaint(about.name, about.vsn, ranges);
  }
  for (let row = 0; row < table.rows; row += 1) {
    if (!table.holds(row) || table.state(row) !== State.alive) continue;
    const { name, vsn } = table.description(row);
    if (!ranges.admits(vsn)) return complaint(name, vsn, ranges);
  }
  return undefined;
}

function complaint(name: string, vsn: Uint8Array, ranges: Ranges): string {
  const understood = `protocol ${ranges.min[0]} to ${ranges.max[0]}, layer ${ranges.min[1]} to ${ranges.max[1]}`;
  return `${name} speaks versions [${vsn.join(', ')}], but all together understand only ${understood}`;
}
