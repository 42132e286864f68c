import { ceilLog, ln, log10 } from '../fixed-log.ts';
import type { MembershipSettings } from './settings.ts';

/** Guards truncations against a logarithm that fell a hair short of a whole number. */
const HAIR = 1e-9;

/** n counts the members believed alive or suspect, and the recently dead until they are forgotten; self included. */
export function suspicionMinMs(settings: MembershipSettings, n: number): number {
  const thousandths =
    settings.scale === 'ln' ? lnScale(n) * 1_000 : Math.floor(Math.max(1, log10(Math.max(1, n))) * 1_000 + HAIR);
  return Math.floor((settings.suspicionMultiplier * thousandths * settings.probeIntervalMs) / 1_000);
}

export function suspicionMaxMs(settings: MembershipSettings, n: number): number {
  return settings.suspicionMaxMultiplier * suspicionMinMs(settings, n);
}

/** How many confirmations bring a suspicion to its minimum; 0 when there are not enough others to give them. */
export function confirmationsNeeded(settings: MembershipSettings, n: number): number {
  const k =
    settings.suspicionConfirmations === 'multiplier-less-2'
      ? settings.suspicionMultiplier - 2
      : settings.suspicionConfirmations;
  return k < 1 || n - 2 < k ? 0 : k;
}

/** How long a suspicion lasts in all once `confirmed` others (at most k) confirmed it (Lifeguard, section IV-B). */
export function suspicionTotalMs(minMs: number, maxMs: number, k: number, confirmed: number): number {
  if (k < 1) return minMs;
  const share = ln(Math.min(confirmed, k) + 1) / ln(k + 1);
  return Math.max(minMs, Math.floor(maxMs - (maxMs - minMs) * share + HAIR));
}

export function retransmitLimit(settings: MembershipSettings, n: number): number {
  return settings.retransmitMultiplier * (settings.scale === 'ln' ? lnScale(n) : ceilLog(10, n + 1));
}

/** Above 32 members the period grows with the logarithm, so that the load on each stays flat. */
export function pushPullPeriodMs(settings: MembershipSettings, n: number): number {
  if (n <= 32) return settings.pushPullIntervalMs;
  return settings.pushPullIntervalMs * (ceilLog(2, n) - 5 + 1);
}

/** Broadcasts can be repaired for at least this long. */
const MINIMUM_REPAIR_MS = 120_000;

/** How long a broadcast is kept for members that missed the gossip: longer than an exchange takes to come round. */
export function repairMs(settings: MembershipSettings, n: number): number {
  return Math.max(MINIMUM_REPAIR_MS, 2 * pushPullPeriodMs(settings, n));
}

/** SWIM's ceil(ln(n + 1)); at least 1, so that a lone pair still tells each other. */
function lnScale(n: number): number {
  return Math.max(1, Math.ceil(ln(n + 1) - HAIR));
}
