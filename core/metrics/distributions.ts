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
/** An exchange goes there and back several times over a stream. */
const EXCHANGE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From two members to a hundred thousand. */
const STATE_BYTES = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

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
  exchangeDuration: {
    name: 'rollcall_exchange_duration_seconds',
    help: 'How long exchanges of full state took that this node began and completed.',
    labels: [],
    buckets: EXCHANGE_SECONDS,
  },
  statementBytes: {
    name: 'rollcall_exchange_state_bytes',
    help: 'How large the state was that this node told in an exchange, whoever began it.',
    labels: [],
    buckets: STATE_BYTES,
  },
} as const satisfies Readonly<Record<string, DistributionSpec>>;

export interface Distributions {
  discoveryDuration(method: string, seconds: number): void;
  roundTrip(seconds: number): void;
  exchangeDuration(seconds: number): void;
  statementBytes(bytes: number): void;
}

/** What must be observed while it happens: declared before the parts of a node that observe it are made. */
export function declareDistributions(meter: Meter): Distributions {
  const declare = ({ name, help, labels, buckets }: DistributionSpec): Distribution =>
    meter.histogram(name, help, labels, buckets);
  const discovery = declare(DISTRIBUTIONS.discoveryDuration);
  const roundTrip = declare(DISTRIBUTIONS.roundTrip);
  const exchange = declare(DISTRIBUTIONS.exchangeDuration);
  const statement = declare(DISTRIBUTIONS.statementBytes);
  return {
    discoveryDuration: (method, seconds) => discovery.observe(seconds, { method }),
    roundTrip: (seconds) => roundTrip.observe(seconds),
    exchangeDuration: (seconds) => exchange.observe(seconds),
    statementBytes: (bytes) => statement.observe(bytes),
  };
}
