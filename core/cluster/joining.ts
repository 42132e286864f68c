import { MILLISECOND, type Clock, type Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';
import type { DiscoveryConfig } from '../config/node-config.ts';
import type { Readiness } from '../admin/operated.ts';
import type { Chain, Winner } from '../discovery/chain.ts';
import type { Eagerness } from '../discovery/feed.ts';
import { messageOf, RollcallError } from '../errors.ts';
import type { Membership } from '../membership/membership.ts';

/** Every source has answered, none names anybody, and the configuration calls that a failure. */
export class NoPeers extends RollcallError {
  constructor() {
    super(
      'NO_PEERS',
      'No source names a peer, and cluster.discovery.on_no_peers is "fail". Start a peer first, correct the sources, or ' +
        'set it to "single-node" on the node that begins the cluster.',
    );
  }
}

export interface JoiningDeps {
  readonly membership: Membership;
  readonly chain: () => Chain;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** As it stands now: it may change while the node runs. */
  readonly policy: () => Pick<DiscoveryConfig, 'onNoPeers' | 'joinTarget' | 'expect'>;
  /** An earlier life of this node was part of a formed cluster: nobody needs to be expected again. */
  readonly formed: boolean;
  /** Waits until it is known whether others can find this node, and says what is in the way; undefined where it enters itself nowhere. */
  readonly registered: () => Promise<readonly string[] | undefined>;
  readonly onAlone: () => void;
  /** Live members, this node included. */
  readonly size: () => number;
}

const NOBODY = 'no source names a peer';
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/**
 * Finds the cluster: asks the sources, joins whom they name, goes on down the chain when nobody answers, and starts over
 * after a while, for as long as it takes. One contact is enough: the others are contacted later.
 */
export class Joining {
  readonly #deps: JoiningDeps;
  /** A look at the sources is under way. */
  #looking = true;
  /** A peer has answered, or this node begins alone. */
  #found = false;
  #readiness: Readiness = { ready: false, reason: 'start-up has not ended: looking for the cluster' };
  #retryMs = FIRST_RETRY_MS;
  /** The last look named peers, and none of them answered. */
  #unanswered = false;
  /** Addresses whose failure was told. */
  readonly #failed = new Set<Address>();
  #timer: Timer = 0;
  #stopped = false;
  readonly #begun: Promise<void>;
  #begin: () => void = () => {};
  #refuse: (error: NoPeers) => void = () => {};

  constructor(deps: JoiningDeps) {
    this.#deps = deps;
    this.#begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#refuse = reject;
    });
  }

  /** Once enough members were there, it stays ready, however many go. */
  get readiness(): Readiness {
    if (!this.#readiness.ready && this.#found && this.#isComplete()) this.#readiness = { ready: true };
    return this.#readiness;
  }

  /**
   * Looks for the cluster. Resolves after the first look, whether or not it was found, and when the node is stopped; with
   * `on_no_peers = "fail"` only once it is known whether there is anybody, and rejects with `NoPeers` when there is not.
   */
  async begin(): Promise<void> {
    // Protocol first: peers that start at the same time find us while we look for them.
    await this.#deps.membership.join();
    void this.#round();
    await this.#begun;
  }

  /** This node has met its cluster, or begun one. */
  get found(): boolean {
    return this.#found;
  }

  /** Somebody else has reached us, or has answered: the cluster is found. */
  met(): void {
    if (this.#found || this.#stopped) return;
    this.#found = true;
    this.#deps.log.info({ operation: 'start' }, 'this node is part of its cluster');
    this.#await();
    // Between two rounds there is no need for another one; whoever has not answered is contacted later.
    if (!this.#looking) this.#settle();
  }

  stop(reason: string): void {
    this.#stopped = true;
    this.#found = false;
    this.#readiness = { ready: false, reason };
    this.#deps.clock.cancel(this.#timer);
    this.#begin();
  }

  #isComplete(): boolean {
    const { formed, size, policy } = this.#deps;
    return formed || size() >= policy().expect;
  }

  /** Says how many are missing, as long as some are. */
  #await(): void {
    const { size, policy } = this.#deps;
    const { expect } = policy();
    this.#readiness = this.#isComplete()
      ? { ready: true }
      : { ready: false, reason: `${size()} of ${expect} expected members are there` };
  }

  async #round(): Promise<void> {
    this.#looking = true;
    const problem = await this.#lookTwice().catch(messageOf);
    this.#looking = false;
    if (this.#stopped) return;
    if (this.#found) return this.#settle();
    const { log, policy } = this.#deps;
    const { onNoPeers, expect } = policy();
    if (problem === NOBODY && onNoPeers === 'fail') return this.#refuse(new NoPeers());
    // Who expects others does not begin without them.
    if (problem === NOBODY && onNoPeers === 'single-node' && (expect === 1 || this.#deps.formed)) {
      this.#found = true;
      this.#readiness = { ready: true };
      log.info({ operation: 'start' }, 'no source names a peer: this node begins its cluster alone');
      this.#deps.onAlone();
      return this.#settle();
    }
    this.#retry(problem);
    if (onNoPeers !== 'fail') this.#begin();
  }

  /**
   * Who finds nobody looks once more when others can find him: of several nodes that start together, each of which enters
   * itself before it looks for the second time, all but the first see another one.
   */
  async #lookTwice(): Promise<string> {
    // A list of peers that do not answer will not do a second time, however fresh it is.
    const problem = await this.#look(this.#unanswered ? 'anew' : 'known');
    if (problem !== NOBODY || this.#found || this.#stopped) return problem;
    const hindrances = await this.#deps.registered();
    if (hindrances === undefined) return problem;
    if (hindrances.length > 0) return hindrances.join(' ');
    return this.#found || this.#stopped ? problem : this.#look('anew');
  }

  /** Goes down the chain until somebody is joined; otherwise says what was in the way. */
  async #look(eagerness: Eagerness = 'known'): Promise<string> {
    const chain = this.#deps.chain();
    const named: Address[] = [];
    const tried = new Set<number>();
    for (;;) {
      const { winner, failures } = await chain.ask(tried, eagerness);
      if (winner === undefined) {
        this.#unanswered = named.length > 0;
        if (this.#unanswered) return `nobody answered of ${inShort(named)}`;
        return failures.length > 0 ? failures.join(' ') : NOBODY;
      }
      named.push(...winner.candidates.map(({ address }) => address));
      if (this.#stopped || (await this.#join(winner))) return '';
      for (const index of winner.indexes) tried.add(index);
    }
  }

  /** The search is over: from here on discovery is asked for those whom nobody has met yet. */
  #settle(): void {
    this.#deps.clock.cancel(this.#timer);
    this.#deps.chain().keepAsking();
    this.#begin();
  }

  /** Joins until enough have answered, in random order, so that not every newcomer asks the same peer. */
  async #join({ method, candidates }: Winner): Promise<boolean> {
    const { membership, log, random, policy } = this.#deps;
    const { joinTarget } = policy();
    const waiting = random.shuffle(candidates.map(({ address }) => address));
    let contacts = 0;
    const contact = async (address: Address): Promise<void> => {
      try {
        await membership.contact(address);
        contacts += 1;
        log.info({ operation: 'join', method, address }, `joined through ${address}`);
      } catch (error) {
        // Loud once: a peer that is down is down at the next attempt, too.
        const level = this.#failed.has(address) ? 'debug' : 'warn';
        this.#failed.add(address);
        log[level]({ operation: 'join', method, address }, messageOf(error));
      }
    };
    while (contacts < joinTarget && waiting.length > 0 && !this.#stopped) {
      await Promise.all(waiting.splice(0, joinTarget - contacts).map(contact));
    }
    if (contacts > 0) this.met();
    return contacts > 0;
  }

  #retry(problem: string): void {
    const { clock, random, log } = this.#deps;
    const waitMs = this.#retryMs - random.int(Math.ceil(this.#retryMs / 2));
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
    const message = `the cluster is not found yet: ${problem}`;
    if (!this.#readiness.ready && this.#readiness.reason !== message) {
      const sentence = message.replace(/\.?$/, '.');
      log.warn({ operation: 'start', retry_ms: waitMs }, `${sentence} This node runs on and keeps trying.`);
    }
    this.#readiness = { ready: false, reason: message };
    this.#timer = clock.after(waitMs * MILLISECOND, () => void this.#round());
  }
}

const TOLD_MAX = 3;

function inShort(addresses: readonly Address[]): string {
  const told = addresses.slice(0, TOLD_MAX).join(', ');
  return addresses.length > TOLD_MAX ? `${told} and ${addresses.length - TOLD_MAX} more` : told;
}
