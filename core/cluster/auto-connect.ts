import { sameAddress } from '../address.ts';
import { Breaker, type BreakerState } from '../discovery/breaker.ts';
import { keyOf } from '../discovery/candidates.ts';
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
  readonly candidates: () => readonly Candidate[];
  /** Whether a live member is listed at this address. */
  readonly isReached: (address: Address) => boolean;
  readonly contact: (address: Address) => Promise<void>;
}

interface Contact {
  candidate: Candidate;
  readonly breaker: Breaker;
  status: ContactStatus;
  error: string | undefined;
}

const REST = { firstMs: 1_000, lastMs: 300_000, opensAfter: 5 };
/** More would make a node that finds a large cluster late a burden to it. */
const AT_ONCE = 3;
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
    this.#takeOver(this.#deps.candidates());
    const { isReached } = this.#deps;
    for (const contact of this.#contacts.values()) {
      if (contact.status === 'connecting') continue;
      if (isReached(contact.candidate.address)) this.#succeeded(contact, 'member');
      else if (contact.status === 'member') contact.status = 'waiting';
    }
    const due = [...this.#contacts.values()].filter((one) => isIdle(one) && one.breaker.restMs === 0);
    for (const contact of this.#deps.random.shuffle(due).slice(0, AT_ONCE - this.#under)) void this.#contact(contact);
  }

  #takeOver(candidates: readonly Candidate[]): void {
    const keys = new Set(candidates.map(keyOf));
    for (const [key, { status }] of this.#contacts) {
      if (!keys.has(key) && status !== 'connecting') this.#contacts.delete(key);
    }
    for (const candidate of candidates) {
      const known = this.#contacts.get(keyOf(candidate));
      if (known !== undefined && sameAddress(known.candidate.address, candidate.address)) continue;
      // At another address it deserves another chance.
      const breaker = new Breaker(REST, this.#deps.clock, this.#deps.random);
      this.#contacts.set(keyOf(candidate), { candidate, breaker, status: 'waiting', error: undefined });
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
