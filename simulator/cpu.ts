import type { Micros } from '../core/ports/clock.ts';
import type { SimHost } from './sim-host.ts';
import type { Strikes } from './strikes.ts';

/** Takes a slow host's CPU for one message; how long until that message is done. */
export function occupyCpu(host: SimHost, now: Micros, strikes: Strikes): Micros {
  for (const fault of host.slowFaults) strikes.strike(fault);
  host.busyUntil = Math.max(now, host.busyUntil) + host.perMessage;
  return host.busyUntil - now;
}
