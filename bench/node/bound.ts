import { retransmitLimit, suspicionMaxMs } from '../../core/membership/formulas.ts';
import type { MembershipSettings } from '../../core/membership/settings.ts';
import { MILLISECOND, type Micros } from '../../core/ports/clock.ts';

/** The chance, at most, that a bound is broken although nothing is wrong. */
const CHANCE = 1e-6;
/** Updates of usual size in one packet, at least. */
const UPDATES_PER_PACKET = 16;

/** What the settings promise when some of the members die at once. The parts follow each other in the worst case. */
export interface DetectionBound {
  /** Each of the dead has been probed by somebody, but for a chance of one in a million. */
  readonly probed: Micros;
  /** That turn is over, at the worst local health. */
  readonly turn: Micros;
  /** A suspicion that nobody confirms. */
  readonly suspicion: Micros;
  /** News of all of them has been gossiped as often as it ever will be. */
  readonly spread: Micros;
  readonly total: Micros;
}

export function detectionBound(settings: MembershipSettings, members: number, dead: number): DetectionBound {
  const turn = settings.probeIntervalMs * MILLISECOND;
  // Every survivor probes one of all others per turn, each round in an order of its own.
  const missedInOneTurn = (1 - 1 / (members - 1)) ** (members - dead);
  const probed = Math.ceil(Math.log(CHANCE / dead) / Math.log(missedInOneTurn)) * turn;
  const longestTurn = turn * (settings.healthMax + 1);
  const suspicion = suspicionMaxMs(settings, members) * MILLISECOND;
  const packets = 1 + Math.ceil(dead / UPDATES_PER_PACKET);
  const spread = settings.gossipIntervalMs * retransmitLimit(settings, members) * packets * MILLISECOND;
  return { probed, turn: longestTurn, suspicion, spread, total: probed + longestTurn + suspicion + spread };
}
