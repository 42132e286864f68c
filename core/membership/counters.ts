import { MALFORMED_REASONS } from '../errors.ts';
import type { Address } from '../ports/transport.ts';

/** Why evidence, a message or an answer was dropped. */
export const DROP_REASONS = [
  ...MALFORMED_REASONS,
  /** Too high an incarnation to be true, or one that could not be answered. */
  'implausible',
  /** A suspicion of a member by itself, by nobody, or in our own name. */
  'self-accusation',
  /** News older than a departure that we remember. */
  'stale',
  /** A protocol version range that makes no sense. */
  'version',
  'not-allowed',
  'vetoed',
  /** A claim on a name whose holder answers at another address. */
  'name-taken',
  /** An answer that would be longer than its question, to an address that nobody vouches for. */
  'unproven',
  'wrong-name',
  /** A member without a name or port, or with more metadata than a packet holds: damaged, or forged. */
  'unusable',
  /** A second question in one datagram: nobody honest asks two. */
  'too-many-questions',
  /** User broadcasts pushed out by newer ones before they were sent often enough. */
  'queue-full',
  'too-many-streams',
  'too-many-relays',
  'table-full',
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** What the application hears of members, whether or not it listens. */
export type MemberChange = 'join' | 'leave' | 'fail' | 'suspect' | 'alive' | 'update';

/** Plain numbers, cheap enough for the hot path; adapters read them when somebody asks. */
export class Counters {
  readonly dropped: Partial<Record<DropReason, number>> = {};
  packetsSent = 0;
  packetsReceived = 0;
  probes = 0;
  probesFailed = 0;
  /** Probes that only a stream answered: datagrams are being lost. */
  probesByStream = 0;
  refutations = 0;
  exchanges = 0;
  exchangesFailed = 0;
  healingAttempts = 0;
  conflicts = 0;
  /** Probe turns that our own bad health had made longer. */
  turnsStretched = 0;
  /** Suspicions that ran out without all the confirmations that they waited for. */
  suspicionsUnconfirmed = 0;
  readonly changes: Record<MemberChange, number> = { join: 0, leave: 0, fail: 0, suspect: 0, alive: 0, update: 0 };

  /** Where what was dropped last came from, by reason, as far as it is known. */
  readonly droppedFrom: Partial<Record<DropReason, Address>> = {};

  drop(reason: DropReason, from?: Address): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
    if (from !== undefined) this.droppedFrom[reason] = from;
  }
}
