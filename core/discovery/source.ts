import { RollcallError } from '../errors.ts';
import type { Address } from '../ports/transport.ts';

/** An answer of a source. It is an answer also when it names nobody: then `nobody` says why. */
export interface Found {
  readonly addresses: readonly Address[];
  /** How long it may be believed, in milliseconds. */
  readonly lifetimeMs: number;
  /** False when there may be more: such an answer takes nothing back. */
  readonly complete: boolean;
  readonly warnings: readonly string[];
  readonly nobody?: string;
}

/** One way of finding peers. `discover` throws `SourceFailed` when it could not ask: that is never an empty answer. */
export interface Source {
  /** Stable: metrics and health reports carry it. */
  readonly method: string;
  discover(): Promise<Found>;
}

export class SourceFailed extends RollcallError {
  constructor(method: string, problem: string, options?: { cause?: unknown }) {
    super('SOURCE_FAILED', `${method}: ${problem}`, options);
  }
}

/** Addresses that somebody else keeps up to date, or that never change, are asked for again after this long. */
export const STEADY_LIFETIME_MS = 60_000;

export function nobody(reason: string, lifetimeMs = STEADY_LIFETIME_MS): Found {
  return { addresses: [], lifetimeMs, complete: true, warnings: [], nobody: reason };
}
