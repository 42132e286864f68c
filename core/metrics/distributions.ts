import type { Distribution, Meter } from '../ports/meter.ts';

export interface DistributionSpec {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets: readonly number[];
}

/** From a rack to the other side of the world; `probeTimeoutMs` of the presets lies between buckets. */
const ROUND_TRIP_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const DISCOVERY_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const DISTRIBUTIONS = {
  discoveryDuration: {
    name: 'rollcall_discovery_duration_seconds',
    help: 'How long a discovery source took to answer or fail.',
    labels: ['method'],
    buckets: DISCOVERY_SECONDS,
  },
  roundTrip: {
    name: 'rollcall_probe_round_trip_seconds',
    help: 'From a probe to its answer by the member itself.',
    labels: [],
    buckets: ROUND_TRIP_SECONDS,
  },
} as const satisfies Readonly<Record<string, DistributionSpec>>;

export interface Distributions {
  discoveryDuration(method: string, seconds: number): void;
  roundTrip(seconds: number): void;
}

/** What must be observed while it happens: declared before the parts of a node that observe it are made. */
export function declareDistributions(meter: Meter): Distributions {
  const declare = ({ name, help, labels, buckets }: DistributionSpec): Distribution =>
    meter.histogram(name, help, labels, buckets);
  const discovery = declare(DISTRIBUTIONS.discoveryDuration);
  const roundTrip = declare(DISTRIBUTIONS.roundTrip);
  return {
    discoveryDuration: (method, seconds) => discovery.observe(seconds, { method }),
    roundTrip: (seconds) => roundTrip.observe(seconds),
  };
}
