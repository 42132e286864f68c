import type { Micros } from '../core/ports/clock.ts';
import { SECOND } from '../core/ports/clock.ts';
import type { Bound, MetricName } from '../scenarios/scenario.ts';
import type { BoundResult, Distribution, LostRun } from '../scenarios/result.ts';

/** Seconds for a narrow column: two digits, or all of them from 10 s on. */
export function seconds(duration: Micros): string {
  const value = duration / SECOND;
  if (value >= 10) return String(Math.round(value));
  return value >= 0.1 || value === 0 ? value.toFixed(1) : value.toFixed(2);
}

/** `p50/p99/max` in seconds, or a dash when nothing was measured. */
export function quantiles({ p50, p99, max }: Distribution): string {
  if (p50 === null || p99 === null || max === null) return '-';
  return `${seconds(p50)}/${seconds(p99)}/${seconds(max)}`;
}

/** A rate in three digits. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0';
  return perSecond >= 100 ? whole(perSecond) : String(Number(perSecond.toPrecision(2)));
}

/** A whole number with thousands set apart, the same in every locale. */
export function whole(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** A value in the unit of its metric. */
function inUnitOf(metric: MetricName, value: number): string {
  return metric === 'falsePositives' ? whole(value) : `${Number((value / SECOND).toPrecision(4))} s`;
}

/** `1 run`, `2 runs`. */
export function count(number: number, noun: string): string {
  return `${whole(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `detection p99 at most 7 s`. */
export function limitInWords({ metric, quantile, atMost }: Bound): string {
  return `${metric} ${quantile} at most ${inUnitOf(metric, atMost)}`;
}

/** `FAIL crash-of-one, seed 7: still playing after 70 s`. */
export function lostInWords({ scenario, seed, how }: LostRun): string {
  return `FAIL ${scenario}, seed ${seed}: ${how}`;
}

/** `detection p99 is 6.1 s, at most 7 s`. */
export function boundInWords({ metric, quantile, atMost, observed }: BoundResult): string {
  const found = observed === null ? 'was never measured' : `is ${inUnitOf(metric, observed)}`;
  return `${metric} ${quantile} ${found}, at most ${inUnitOf(metric, atMost)}`;
}
