import type { Clock, Timer } from '../ports/clock.ts';
import { MILLISECOND, SECOND } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';
import type { DiscoveryHealth, MethodTried } from '../health/discovery-health.ts';
import { canonicalAddress } from '../address.ts';
import { rfc3339 } from '../wall-time.ts';
import { nobody, type Found, type Source } from './source.ts';

export interface ChainDeps {
  readonly sources: readonly Source[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whether this address is our own: a node that finds only itself has found nobody. */
  readonly isOwn: (address: Address) => boolean;
  /** Whether a live member is listed at this address. */
  readonly isReached: (address: Address) => boolean;
  /** By method. Belongs to the node: chains come and go when the configuration is read again. */
  readonly stats: Map<string, MethodStats>;
  readonly onAsked: (method: string, seconds: number) => void;
}

/** What one source has done so far, in plain numbers. */
export interface MethodStats {
  attempts: number;
  successes: number;
  failures: number;
}

/** A source that found somebody. */
export interface Winner {
  readonly index: number;
  readonly method: string;
  readonly addresses: readonly Address[];
}

/** How a source was last asked. `nobody` is an answer, `failed` is none. */
type Outcome = { readonly durationMs: number } & (
  | { readonly kind: 'found'; readonly peers: number }
  | { readonly kind: 'nobody' | 'failed'; readonly reason: string }
);

/** When no source finds anybody they are asked again after this long. */
const EMPTY_LIFETIME_MS = 5_000;

/**
 * All sources in order: the first that finds somebody wins, an empty or failed one falls through. What was found last is
 * kept until something is found again: a name service that is down takes no candidate away.
 */
export class Chain {
  readonly #deps: ChainDeps;
  readonly #outcomes: (Outcome | undefined)[];
  readonly #saidOf = new Map<string, string>();
  #winner: Winner | undefined;
  #lifetimeMs = EMPTY_LIFETIME_MS;
  #lastAttempt: number | undefined;
  #lastSuccess: number | undefined;
  #nextRefresh: number | undefined;
  #timer: Timer = 0;
  #stopped = false;

  constructor(deps: ChainDeps) {
    this.#deps = deps;
    this.#outcomes = deps.sources.map(() => undefined);
    for (const { method } of deps.sources) {
      if (!deps.stats.has(method)) deps.stats.set(method, { attempts: 0, successes: 0, failures: 0 });
    }
  }

  /** Found by the source that won last. */
  get candidates(): readonly Address[] {
    return this.#winner?.addresses ?? [];
  }

  /** Why sources could not be asked, when it was last their turn. */
  get failures(): readonly string[] {
    return this.#outcomes.flatMap((one) => (one?.kind === 'failed' ? [one.reason] : []));
  }

  /** Asks the sources from `from` on, in order, until one finds somebody. */
  async ask(from = 0): Promise<Winner | undefined> {
    const { sources, clock } = this.#deps;
    this.#lastAttempt = clock.wallTime();
    if (from === 0) this.#outcomes.fill(undefined);
    for (const [index, source] of sources.entries()) {
      if (index < from) continue;
      const { addresses, lifetimeMs } = await this.#askOne(index, source);
      if (addresses.length === 0) continue;
      this.#winner = { index, method: source.method, addresses };
      this.#lifetimeMs = lifetimeMs;
      this.#lastSuccess = clock.wallTime();
      return this.#winner;
    }
    this.#lifetimeMs = EMPTY_LIFETIME_MS;
    return undefined;
  }

  /** Asks again whenever the last answer has lived its time, until `stop`. */
  keepAsking(): void {
    if (this.#stopped || this.#deps.sources.length === 0) return;
    const { clock, random } = this.#deps;
    // A little early or late, so that nodes that started together do not ask together for ever.
    const tenth = Math.ceil(this.#lifetimeMs / 10);
    const waitMs = this.#lifetimeMs - tenth + random.int(2 * tenth);
    this.#nextRefresh = clock.wallTime() + waitMs;
    this.#timer = clock.after(waitMs * MILLISECOND, () => {
      void this.ask().then(() => this.keepAsking());
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#deps.clock.cancel(this.#timer);
  }

  health(): DiscoveryHealth {
    const { isReached, sources } = this.#deps;
    const time = (ms: number | undefined): string | null => (ms === undefined ? null : rfc3339(ms));
    const tried = sources.flatMap(({ method }, i) => {
      const outcome = this.#outcomes[i];
      return outcome === undefined ? [] : [methodTried(method, outcome)];
    });
    return {
      enabled: sources.length > 0,
      method: this.#winner?.method ?? sources[0]?.method ?? 'none',
      last_attempt: time(this.#lastAttempt),
      last_success: time(this.#lastSuccess),
      next_refresh: time(this.#nextRefresh),
      peers_discovered: this.candidates.length,
      seeds_reachable: this.candidates.filter(isReached).length,
      seeds_total: this.candidates.length,
      discovery_methods_tried: tried,
    };
  }

  async #askOne(index: number, { method, discover }: Source): Promise<Found> {
    const { clock, log, onAsked } = this.#deps;
    const stats = this.#deps.stats.get(method)!;
    const began = clock.now();
    const durationMs = (): number => Math.round((clock.now() - began) / MILLISECOND);
    stats.attempts += 1;
    try {
      const found = this.#withoutSelf(await discover());
      stats.successes += 1;
      const peers = found.addresses.length;
      for (const warning of found.warnings) log.debug({ operation: 'discovery', method }, warning);
      if (peers > 0) {
        this.#outcomes[index] = { kind: 'found', peers, durationMs: durationMs() };
        this.#say(method, 'info', `${method} found ${found.addresses.join(', ')}`);
      } else {
        const reason = found.nobody ?? 'it names nobody';
        this.#outcomes[index] = { kind: 'nobody', reason, durationMs: durationMs() };
        this.#say(method, 'info', `${method} found nobody: ${reason}`);
      }
      return found;
    } catch (error) {
      stats.failures += 1;
      const reason = error instanceof Error ? error.message : String(error);
      this.#outcomes[index] = { kind: 'failed', reason, durationMs: durationMs() };
      this.#say(method, 'warn', `${method} could not be asked: ${reason}`);
      return nobody(reason);
    } finally {
      onAsked(method, (clock.now() - began) / SECOND);
    }
  }

  /** Once per change: a source that is asked every few seconds would fill the log. */
  #say(method: string, level: 'info' | 'warn', message: string): void {
    if (this.#saidOf.get(method) === message) return;
    this.#saidOf.set(method, message);
    this.#deps.log[level]({ operation: 'discovery', method }, message);
  }

  #withoutSelf(found: Found): Found {
    const distinct = [...new Set(found.addresses.map(canonicalAddress))];
    const addresses = distinct.filter((address) => !this.#deps.isOwn(address));
    if (addresses.length > 0 || distinct.length === 0) return { ...found, addresses };
    return { ...found, addresses, nobody: 'it names only this node' };
  }
}

function methodTried(method: string, outcome: Outcome): MethodTried {
  const duration_ms = outcome.durationMs;
  if (outcome.kind === 'found') return { method, success: true, peers: outcome.peers, duration_ms };
  return { method, success: false, error: outcome.reason, duration_ms };
}
