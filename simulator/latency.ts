import type { Micros } from '../core/ports/clock.ts';

/** How long a datagram is under way, before faults add to it. Drawn per packet from integer tables. */
export type LatencyModel =
  | { readonly kind: 'constant'; readonly delay: Micros }
  | { readonly kind: 'uniform'; readonly min: Micros; readonly max: Micros }
  /** `min` plus an exponential of the given mean. */
  | { readonly kind: 'exponential'; readonly min: Micros; readonly mean: Micros }
  /** `median` times e^(N(0, sigmaPerMille/1000)), cut at 8 times the median. */
  | { readonly kind: 'lognormal'; readonly median: Micros; readonly sigmaPerMille: number }
  /** A model per pair of zones, `from>to`; `otherwise` for pairs that are not named. */
  | {
      readonly kind: 'zones';
      readonly pairs: Readonly<Record<string, LatencyModel>>;
      readonly otherwise: LatencyModel;
    };
