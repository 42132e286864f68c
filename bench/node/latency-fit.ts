import type { Micros } from '../../core/ports/clock.ts';
import type { LatencyModel } from '../../simulator/latency.ts';
import { quantile } from './statistics.ts';

/** Where nine tenths of a standard normal distribution lie below. */
const NORMAL_P90 = 1.2816;

/** One way takes half of a round trip; median and ninth decile of the model are those of the measured. */
export function latencyFrom(roundTrips: readonly Micros[]): LatencyModel {
  const median = quantile(roundTrips, 0.5);
  const sigma = Math.log(quantile(roundTrips, 0.9) / median) / NORMAL_P90;
  return { kind: 'lognormal', median: Math.round(median / 2), sigmaPerMille: Math.round(sigma * 1_000) };
}
