import { type Micros, MILLISECOND, SECOND } from '../../core/ports/clock.ts';
import {
  confirmationsNeeded,
  pushPullPeriodMs,
  repairMs,
  retransmitLimit,
  suspicionMaxMs,
  suspicionMinMs,
  suspicionTotalMs,
} from '../../core/membership/formulas.ts';
import type { MembershipSettings } from '../../core/membership/settings.ts';

/** The judges' deadlines for one cluster size, all derived from the settings. */
export interface Bounds {
  /** Hosts of the topology: the most members anybody can list. */
  readonly hosts: number;
  /** The shortest time between two probe turns of one host, and the longest, at the worst health. */
  readonly turn: Micros;
  readonly longestTurn: Micros;
  /** No suspicion outlasts this. */
  readonly longestSuspicion: Micros;
  /** No suspicion of an observer that lists `listed` members ends in death sooner, confirmed by this many others. */
  shortestSuspicion(listed: number, confirmed: number): Micros;
  /** How long a departed member may stay listed as such before the next pass of probes drops it. */
  readonly keepTheGone: Micros;
  /** After the last update, every queue of gossip has run dry; each user broadcast before that may take this much more. */
  readonly drained: Micros;
  readonly drainedPerBroadcast: Micros;
  /** Whoever is cut off for no longer than this after a broadcast still gets it, from somebody who kept it. */
  readonly repaired: Micros;
  /** After everything was healed, every view is right. Infinite when the settings do not promise it. */
  readonly converged: Micros;
  readonly healthMax: number;
  readonly packetBytes: number;
}

/** Hosts' clocks may run this much slow or fast, in percent, before deadlines on them lose their meaning. */
const DRIFT_PERCENT = 1;

/**
 * Healing picks one of the departed at random per round and host, so no number of rounds is certain. With half of
 * them reachable on one pair of hosts alone, eight rounds of both miss with a chance of 2^-16.
 */
const HEALING_ROUNDS = 8;

/** Adds what drifting clocks and one look per second cost. */
export function withMargin(duration: Micros): Micros {
  return duration + Math.ceil((duration * DRIFT_PERCENT) / 100) + SECOND;
}

/** Takes off what drifting clocks can win. */
export function lessDrift(duration: Micros): Micros {
  return duration - Math.ceil((duration * DRIFT_PERCENT) / 100);
}

export function boundsFor(settings: MembershipSettings, hosts: number): Bounds {
  const turn = settings.probeIntervalMs * MILLISECOND;
  const longestTurn = turn * (settings.healthMax + 1);
  const longestSuspicion = suspicionMaxMs(settings, hosts) * MILLISECOND;
  return {
    hosts,
    turn,
    longestTurn,
    longestSuspicion,
    shortestSuspicion: (listed, confirmed) => {
      const min = suspicionMinMs(settings, listed);
      const k = confirmationsNeeded(settings, listed);
      const total = suspicionTotalMs(min, suspicionMaxMs(settings, listed), k, Math.min(k, confirmed));
      return total * MILLISECOND;
    },
    keepTheGone: settings.gossipToTheDeadMs * MILLISECOND,
    drained: drainTime(settings, hosts, 1 + Math.ceil(hosts / updatesPerPacket(settings))),
    drainedPerBroadcast: drainTime(settings, hosts, 1),
    repaired: repairTime(settings, hosts),
    converged: convergenceTime(settings, hosts),
    healthMax: settings.healthMax,
    packetBytes: settings.packetBytes,
  };
}

/** Kept for so long (the shorter the fewer are known), less two exchanges of state after the cut: one may go to another. */
function repairTime(settings: MembershipSettings, hosts: number): Micros {
  const exchanges = 2 * (pushPullPeriodMs(settings, hosts) + settings.streamTimeoutMs);
  return Math.max(0, repairMs(settings, 1) - exchanges) * MILLISECOND;
}

/** How many updates of usual size fit into a packet of usual size, at least. A user broadcast may fill one alone. */
const UPDATES_PER_PACKET = 16;
const USUAL_PACKET_BYTES = 1_400;

function updatesPerPacket(settings: MembershipSettings): number {
  const fit = Math.floor((UPDATES_PER_PACKET * settings.packetBytes) / USUAL_PACKET_BYTES);
  const allowed = settings.updatesPerPacket === 0 ? fit : settings.updatesPerPacket;
  return Math.max(1, Math.min(UPDATES_PER_PACKET, fit, allowed));
}

/**
 * How long so many packets' worth of news stays queued: it is sent `limit` times, at the slowest to one member per
 * tick. What has no gossip tick of its own rides on probes.
 */
function drainTime(settings: MembershipSettings, hosts: number, packets: number): Micros {
  const tick = settings.gossipIntervalMs > 0 ? settings.gossipIntervalMs : settings.probeIntervalMs;
  return tick * retransmitLimit(settings, hosts) * packets * MILLISECOND;
}

/**
 * In order, as if nothing of it overlapped: the two sides of a cut find each other again; everybody's own probes
 * reach the last of those who are gone (each pass costs at most 2n-1 turns, while health recovers from its worst);
 * the longest suspicion passes; and two exchanges of state bring what gossip missed.
 */
function convergenceTime(settings: MembershipSettings, hosts: number): Micros {
  if (settings.healingIntervalMs === 0 || settings.pushPullIntervalMs === 0) return Number.POSITIVE_INFINITY;
  const healing = HEALING_ROUNDS * settings.healingIntervalMs;
  const recovery = (settings.healthMax * (settings.healthMax + 1)) / 2;
  const probing = (2 * hosts - 1 + recovery) * settings.probeIntervalMs;
  const exchanges = 2 * (pushPullPeriodMs(settings, hosts) + settings.streamTimeoutMs);
  return (healing + probing + suspicionMaxMs(settings, hosts) + exchanges) * MILLISECOND;
}
