import type { PresetName } from '../../core/membership/settings.ts';
import type { Micros } from '../../core/ports/clock.ts';

/** What a sweep measured: plain data, and the same for the same code, however many threads made it. */
export interface SweepResults {
  readonly kind: 'sweep';
  /** Raised when a field changes its meaning or goes. */
  readonly format: 1;
  readonly version: string;
  /** A digest of the source that measured. */
  readonly code: string;
  readonly spreading: readonly Measured<SpreadingPlace, SpreadingRun>[];
  readonly load: readonly Measured<LoadPlace, LoadRun>[];
  readonly trouble: readonly Measured<TroublePlace, TroubleRun>[];
}

/** One place of a sweep with what was measured there, one run per seed from 1 on. */
export interface Measured<Place, Run> {
  readonly place: Place;
  readonly runs: readonly Run[];
}

export interface SpreadingPlace {
  readonly preset: PresetName;
  readonly size: number;
}

/** One change and one crash in a cluster that is well. Null is what did not happen in time. */
export interface SpreadingRun {
  /** From a member's change of its metadata until so many knew it, the member itself among them. */
  readonly knownToHalf: Micros | null;
  readonly knownTo99: Micros | null;
  readonly knownToAll: Micros | null;
  /** From a crash until somebody suspected the crashed. */
  readonly suspected: Micros | null;
  readonly firstDetection: Micros | null;
  readonly detection: Micros | null;
}

export interface LoadPlace {
  readonly preset: PresetName;
  readonly size: number;
}

/** What a member of a cluster at rest takes part in, per second. */
export interface LoadRun {
  readonly messagesPerNodePerSecond: number;
  readonly bytesPerNodePerSecond: number;
}

/** Which of Lifeguard's parts are on: none is SWIM as the paper of Lifeguard measured it, all is Lifeguard. */
export type Parts = 'none' | 'probe' | 'suspicion' | 'buddy' | 'all';

export interface TroublePlace {
  readonly parts: Parts;
  /** Of all datagrams, in percent; segments of streams are delayed by it. */
  readonly lossPercent: number;
  /** Members that are slow. */
  readonly slow: number;
}

/** One crash of a healthy member in a cluster that is not well. */
export interface TroubleRun {
  readonly firstDetection: Micros | null;
  /** Until all members that are not slow held it dead. */
  readonly detection: Micros | null;
  /** Times that a member held another one dead that ran and was not slow, per node and hour. */
  readonly falsePositivesPerNodeHour: number;
  /** Those of them at members that were not slow themselves: FP- of the paper. */
  readonly falsePositivesAtHealthyPerNodeHour: number;
}
