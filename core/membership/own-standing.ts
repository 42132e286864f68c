import { sameAddress } from '../address.ts';
import { MILLISECOND } from '../ports/clock.ts';
import type { Address } from '../ports/transport.ts';
import { State, type Description, type Source } from '../wire/messages.ts';
import type { Ground } from './ground.ts';
import type { Herald } from './herald.ts';
import { compareDescriptions, INCARNATION_MAX } from './lattice.ts';
import type { Cause } from './observation.ts';

const RIVAL_MS = 60_000;

/** How we stand ourselves: the one row that only we may change, and its defence against what others say of it. */
export class OwnStanding {
  readonly #ground: Ground;
  readonly #herald: Herald;
  #row = -1;
  #source: Source = { name: '', address: '' };
  #leaving = false;
  #rival: Address = '';
  #rivalUntil = Number.NEGATIVE_INFINITY;
  /** Our latest word is repeated at most once per probe interval. */
  #repeatedAt = Number.NEGATIVE_INFINITY;

  constructor(ground: Ground, herald: Herald) {
    this.#ground = ground;
    this.#herald = herald;
  }

  get row(): number {
    return this.#row;
  }

  get description(): Description {
    return this.#ground.table.description(this.#row);
  }

  get incarnation(): number {
    return this.#ground.table.incarnation(this.#row);
  }

  /** Where the cluster holds our name, if that is not here: then we are the second of this name. */
  get rival(): Address | undefined {
    return this.#ground.clock.now() < this.#rivalUntil ? this.#rival : undefined;
  }

  /** How we introduce ourselves in a question. */
  get source(): Source {
    return this.#source;
  }

  /** Enters ourselves; later calls (new metadata) move us to a higher incarnation. */
  announce(about: Description, incarnation: number): void {
    const { table, clock } = this.#ground;
    this.#source = Object.freeze({ name: about.name, address: about.address });
    if (this.#row < 0) {
      this.#row = table.insert(about, State.alive, incarnation, clock.now());
      this.#herald.observe(this.#row, undefined, 0, 'self', '');
      this.#herald.tell(this.#row);
    } else {
      this.#rise(about, incarnation, '');
    }
  }

  /** Says goodbye: from here on nothing said about us is contested. `onSent` runs when it has been gossiped enough. */
  depart(onSent: () => void): void {
    const { table, clock, name } = this.#ground;
    this.#leaving = true;
    table.set(this.#row, State.left, this.incarnation, clock.now());
    this.#herald.observe(this.#row, State.alive, this.incarnation, 'self', '');
    this.#herald.tell(this.#row, name, onSent);
  }

  /** Somebody speaks of us as alive. Our own word is the highest; our past life's, or a forger's, must be topped. */
  hear(about: Description, incarnation: number, cause: Cause): void {
    const { counters, observe } = this.#ground;
    if (this.#leaving) return;
    if (!sameAddress(this.description.address, about.address)) {
      // Anybody can gossip a claim; what a peer holds after hearing ours is the cluster's answer to it.
      if (cause === 'push-pull') this.#meetRival(about.address);
      counters.conflicts += 1;
      observe?.({ type: 'conflict', subject: about.name, address: about.address });
      this.#herald.event({ type: 'conflict', member: this.#herald.member(this.#row), address: about.address });
      return;
    }
    if (incarnation < this.incarnation) return;
    if (incarnation === this.incarnation && compareDescriptions(about, this.description) === 0) return;
    this.#refute(incarnation, '');
  }

  /** Somebody accuses us. */
  contest(incarnation: number, by: string): void {
    const { clock, settings } = this.#ground;
    if (this.#leaving) return;
    if (incarnation >= this.incarnation) return this.#refute(incarnation, by);
    // The accuser has not heard our latest word: say it again, but not for every echo of an old accusation.
    if (clock.now() - this.#repeatedAt < settings.probeIntervalMs * MILLISECOND) return;
    this.#repeatedAt = clock.now();
    this.#herald.tell(this.#row);
  }

  /** Believed until exchanges have had the time to say it again. */
  #meetRival(address: Address): void {
    const { clock, settings } = this.#ground;
    this.#rival = address;
    this.#rivalUntil = clock.now() + Math.max(RIVAL_MS, 2 * settings.pushPullIntervalMs) * MILLISECOND;
  }

  #refute(claimed: number, by: string): void {
    const { health, counters, observe } = this.#ground;
    if (claimed >= INCARNATION_MAX) return counters.drop('implausible');
    const incarnation = Math.max(this.incarnation, claimed) + 1;
    counters.refutations += 1;
    health.move(1);
    this.#rise(this.description, incarnation, by);
    observe?.({ type: 'refuted', incarnation, accuser: by });
  }

  #rise(about: Description, incarnation: number, by: string): void {
    const { table, clock } = this.#ground;
    const before = this.incarnation;
    table.set(this.#row, State.alive, incarnation, clock.now());
    table.describe(this.#row, about, incarnation);
    this.#herald.observe(this.#row, State.alive, before, 'self', by);
    this.#herald.tell(this.#row);
  }
}
