import { MILLISECOND, type Clock, type Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';
import type { DiscoveryConfig } from '../config/node-config.ts';
import type { Readiness } from '../admin/operated.ts';
import type { Chain, Winner } from '../discovery/chain.ts';
import { RollcallError } from '../errors.ts';
import { JoinFailed, type Membership } from '../membership/membership.ts';

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
  readonly policy: () => Pick<DiscoveryConfig, 'onNoPeers' | 'joinTarget'>;
}

const NOBODY = 'no source names a peer';
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/**
 * Finds the cluster: asks the sources, joins whom they name, goes on down the chain when nobody answers, and starts over
 * after a while, for as long as it takes. One contact is enough: the others are tried again by healing.
 */
export class Joining {
  readonly #deps: JoiningDeps;
  /** What membership is to join right now; undefined when it is to heal, with all that discovery knows. */
  #targets: readonly Address[] | undefined = [];
  #readiness: Readiness = { ready: false, reason: 'start-up has not ended: looking for the cluster' };
  #retryMs = FIRST_RETRY_MS;
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

  get readiness(): Readiness {
    return this.#readiness;
  }

  /**
   * Looks for the cluster. Resolves after the first look, whether or not it was found, and when the node is stopped; with
   * `on_no_peers = "fail"` only once it is known whether there is anybody, and rejects with `NoPeers` when there is not.
   */
  async begin(): Promise<void> {
    // Protocol first: peers that start at the same time find us while we look for them.
    await this.#deps.membership.join(this.#seeds);
    void this.#round();
    await this.#begun;
  }

  /** Somebody else has reached us: the cluster is found. */
  found(): void {
    if (this.#readiness.ready || this.#stopped) return;
    this.#readiness = { ready: true };
    this.#deps.log.info({ operation: 'start' }, 'this node is part of its cluster');
    // Between two rounds there is no need for another one; whoever has not answered is left to healing.
    if (this.#targets === undefined) this.#settle();
  }

  stop(reason: string): void {
    this.#stopped = true;
    this.#readiness = { ready: false, reason };
    this.#deps.clock.cancel(this.#timer);
    this.#begin();
  }

  readonly #seeds = (): readonly Address[] => this.#targets ?? this.#deps.chain().candidates;

  async #round(): Promise<void> {
    this.#targets = [];
    const problem = await this.#look();
    this.#targets = undefined;
    if (this.#stopped) return;
    if (this.#readiness.ready) return this.#settle();
    const { log, policy } = this.#deps;
    const { onNoPeers } = policy();
    if (problem === NOBODY && onNoPeers === 'fail') return this.#refuse(new NoPeers());
    if (problem === NOBODY && onNoPeers === 'single-node') {
      this.#readiness = { ready: true };
      log.info({ operation: 'start' }, 'no source names a peer: this node begins its cluster alone');
      return this.#settle();
    }
    this.#retry(problem);
    if (onNoPeers !== 'fail') this.#begin();
  }

  /** Goes down the chain until somebody is joined; otherwise says what was in the way. */
  async #look(): Promise<string> {
    const chain = this.#deps.chain();
    let named = 0;
    for (let from = 0; ;) {
      const { winner, failures } = await chain.ask(from);
      if (winner === undefined)
        return named > 0 ? 'nobody answered' : failures.length > 0 ? failures.join(' ') : NOBODY;
      named += winner.addresses.length;
      if (this.#stopped || (await this.#join(winner))) return '';
      from = winner.index + 1;
    }
  }

  /** The search is over: from here on discovery is asked for healing's sake. */
  #settle(): void {
    this.#deps.clock.cancel(this.#timer);
    this.#deps.chain().keepAsking();
    this.#begin();
  }

  /** Joins until enough have answered, in random order, so that not every newcomer asks the same peer. */
  async #join({ method, addresses }: Winner): Promise<boolean> {
    const { membership, log, random, policy } = this.#deps;
    const { joinTarget } = policy();
    const waiting = random.shuffle([...addresses]);
    let contacts = 0;
    while (contacts < joinTarget && waiting.length > 0 && !this.#stopped) {
      this.#targets = waiting.splice(0, joinTarget - contacts);
      const result = await membership.join(this.#seeds).catch((error: unknown) => {
        if (error instanceof JoinFailed) return error.result;
        throw error;
      });
      contacts += result.contacted.length;
      for (const address of result.contacted) {
        log.info({ operation: 'join', method, address }, `joined through ${address}`);
      }
      for (const { address, message } of result.failed) {
        // Loud once: a peer that is down is down at the next attempt, too.
        const level = this.#failed.has(address) ? 'debug' : 'warn';
        this.#failed.add(address);
        log[level]({ operation: 'join', method, address }, message);
      }
    }
    if (contacts > 0) this.found();
    return contacts > 0;
  }

  #retry(problem: string): void {
    const { clock, random, log } = this.#deps;
    const waitMs = this.#retryMs - random.int(Math.ceil(this.#retryMs / 2));
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
    const message = `the cluster is not found yet: ${problem}`;
    if (!this.#readiness.ready && this.#readiness.reason !== message) {
      log.warn({ operation: 'start', retry_ms: waitMs }, `${message}. This node runs on and keeps trying.`);
    }
    this.#readiness = { ready: false, reason: message };
    this.#timer = clock.after(waitMs * MILLISECOND, () => void this.#round());
  }
}
