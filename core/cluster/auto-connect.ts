import { sameAddress } from '../address.ts';
import { Breaker, type BreakerState } from '../discovery/breaker.ts';
import { keyOf, mergedCandidates } from '../discovery/candidates.ts';
import type { Candidate } from '../discovery/source.ts';
import { messageOf } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';

/**
 * `member`: there is nothing to do. `connecting`: being contacted. `waiting`: will be, when its rest is over. `unlisted`:
 * answers, but no member is listed at that address.
 */
export const CONTACT_STATUSES = ['member', 'connecting', 'waiting', 'unlisted'] as const;
export type ContactStatus = (typeof CONTACT_STATUSES)[number];

/** One candidate, as operators see it. */
export interface ContactHealth {
  readonly address: Address;
  readonly id: string | null;
  readonly status: ContactStatus;
  readonly breaker: BreakerState;
  readonly failures_in_a_row: number;
  readonly retry_in_ms: number;
  readonly error: string | null;
}

export interface AutoConnectDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** From own sources. */
  readonly candidates: () => readonly Candidate[];
  /** From peers: tried when nobody else is due. */
  readonly hints: () => readonly Candidate[];
  /** Whether a live member is listed at this address. */
  readonly isReached: (address: Address) => boolean;
  readonly contact: (address: Address) => Promise<void>;
}

interface Contact {
  readonly candidate: Candidate;
  readonly isHint: boolean;
  readonly breaker: Breaker;
  status: ContactStatus;
  error: string | undefined;
}

const REST = { firstMs: 1_000, lastMs: 300_000, opensAfter: 5 };
/** More would make a node that finds a large cluster late a burden to it. */
const AT_ONCE = 3;
/** Of a long list most are dead, or somebody would have been met: they may not hide the living for hours. */
const AT_ONCE_MOST = 16;
const BACKLOG_PER_ONE = 32;
/** Who answers without being listed is asked again after this long: he may be about to join. */
const UNLISTED_MS = 60_000;

/** Contacts everybody who might be there and is no member: this is how halves of a cluster that formed apart meet. */
export class AutoConnect {
  readonly #deps: AutoConnectDeps;
  readonly #contacts = new Map<string, Contact>();
  #under = 0;

  constructor(deps: AutoConnectDeps) {
    this.#deps = deps;
  }

  get health(): readonly ContactHealth[] {
    return [...this.#contacts.values()].map(({ candidate, status, breaker, error }) => ({
      address: candidate.address,
      id: candidate.id ?? null,
      status,
      breaker: breaker.state,
      failures_in_a_row: breaker.failures,
      retry_in_ms: breaker.restMs,
      error: error ?? null,
    }));
  }

  /** Contacts whoever is due. Called every now and then, and whenever somebody else might be there. */
  look(): void {
    this.#takeOver();
    const { isReached, random } = this.#deps;
    for (const contact of this.#contacts.values()) {
      if (contact.status === 'connecting') continue;
      if (isReached(contact.candidate.address)) this.#succeeded(contact, 'member');
      else if (contact.status === 'member') contact.status = 'waiting';
    }
    const due = [...this.#contacts.values()].filter((one) => isIdle(one) && one.breaker.restMs === 0);
    const atOnce = Math.min(AT_ONCE_MOST, AT_ONCE + Math.floor(due.length / BACKLOG_PER_ONE));
    // Whoever failed less often goes first, so that one pass through all of them reaches the living.
    const order = random.shuffle(due).toSorted((a, b) => a.breaker.failures - b.breaker.failures || rank(a) - rank(b));
    for (const contact of order.slice(0, Math.max(0, atOnce - this.#under))) void this.#contact(contact);
  }

  #takeOver(): void {
    const own = this.#deps.candidates();
    const ownKeys = new Set(own.map(keyOf));
    const wanted = mergedCandidates([own, this.#deps.hints()]);
    for (const [key, { status }] of this.#contacts) {
      if (!wanted.has(key) && status !== 'connecting') this.#contacts.delete(key);
    }
    for (const [key, candidate] of wanted) {
      const known = this.#contacts.get(key);
      if (known !== undefined && sameAddress(known.candidate.address, candidate.address)) continue;
      // At another address it deserves another chance.
      const breaker = new Breaker(REST, this.#deps.clock, this.#deps.random);
      this.#contacts.set(key, { candidate, isHint: !ownKeys.has(key), breaker, status: 'waiting', error: undefined });
    }
  }

  async #contact(contact: Contact): Promise<void> {
    const { address } = contact.candidate;
    contact.status = 'connecting';
    this.#under += 1;
    try {
      await this.#deps.contact(address);
      const isListed = this.#deps.isReached(address);
      this.#succeeded(contact, isListed ? 'member' : 'unlisted');
      if (!isListed) contact.breaker.failed(UNLISTED_MS);
    } catch (error) {
      contact.status = 'waiting';
      contact.breaker.failed();
      contact.error = messageOf(error);
      const level = contact.breaker.failures === 1 ? 'info' : 'debug';
      this.#deps.log[level]({ operation: 'connect', address }, contact.error);
    } finally {
      this.#under -= 1;
    }
  }

  #succeeded(contact: Contact, status: ContactStatus): void {
    contact.status = status;
    contact.error = undefined;
    if (contact.breaker.failures > 0) contact.breaker.succeeded();
  }
}

function isIdle({ status }: Contact): boolean {
  return status === 'waiting' || status === 'unlisted';
}

function rank({ isHint }: Contact): number {
  return isHint ? 1 : 0;
}
