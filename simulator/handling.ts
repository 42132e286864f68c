import type { Micros } from '../core/ports/clock.ts';

/** How a world treats messages on their way. */
export interface Handling {
  /** Encode with the sender's codec and decode with the receiver's, instead of handing objects over. */
  readonly wire: boolean;
  /** Freeze messages, and check that nobody writes into their bytes. */
  readonly debug: boolean;
  readonly mtu: number;
  /** Moves the nth delivery (from 0) by this much: a determinism check that cannot see it is worth nothing. */
  readonly shiftDelivery: { readonly nth: number; readonly by: Micros } | undefined;
}

/** From a host to itself, past all faults of the network. */
export const LOOPBACK: Micros = 20;
