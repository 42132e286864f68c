import type { Clock, Timer } from '../ports/clock.ts';
import { MILLISECOND, SECOND } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';
import type { DiscoveryHealth, MethodTried } from '../health/discovery-health.ts';
import { canonicalAddress } from '../address.ts';
import { messageOf } from '../errors.ts';
import { rfc3339 } from '../wall-time.ts';
import type { Found, Source } from './source.ts';

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

/** What one source has done so far, in plain numbers. An answer that names nobody is neither success nor failure. */
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

/** What asking came to: who was found, if anybody, and which sources could not be asked. */
export interface Asked {
  readonly winner: Winner | undefined;
  readonly failures: readonly string[];
}

/** How a source was last asked. `nobody` is an answer, `failed` is none. */
type Outcome = { readonly durationMs: number } & (
  | { readonly kind: 'found'; readonly peers: number }
  | { readonly kind: 'nobody' | 'failed'; readonly reason: string }
);

/** When no source finds anybody they are asked again after this long. */
const EMPTY_LIFETIME_MS = 5_000;
const DEADLINE_MS = 15_000;
/** Incomplete answers add to what is known; beyond this many the oldest are forgotten. */
const CANDIDATES_MAX = 1_024;

/**
 * All sources in order: the first that finds somebody wins, an empty or failed one falls through. What was found last is
 * kept until something is found again: a name service that is down takes no candidate away, nor does one whose answer
 * was cut short.
 */
export class Chain {
  readonly #deps: ChainDeps;
  #outcomes: readonly (Outcome | undefined)[] = [];
  readonly #saidOf = new Map<string, string>();
  #winner: Winner | undefined;
  #lifetimeMs = EMPTY_LIFETIME_MS;
  #lastAttempt: number | undefined;
  #lastSuccess: number | undefined;
  #nextRefresh: number | undefined;
  #timer: Timer = 0;
  #refreshing = false;
  #stopped = false;

  /** `before` is what an earlier chain of this node found: it counts until this one finds somebody. */
  constructor(deps: ChainDeps, before?: Chain) {
    this.#deps = deps;
    this.#winner = before === undefined ? undefined : before.#winner;
    for (const { method } of deps.sources) {
      if (!deps.stats.has(method)) deps.stats.set(method, { attempts: 0, successes: 0, failures: 0 });
    }
  }

  /** Found by the source that won last. */
  get candidates(): readonly Address[] {
    return this.#winner?.addresses ?? [];
  }

  /** Asks the sources from `from` on, in order, until one finds somebody. */
  async ask(from = 0): Promise<Asked> {
    const { sources, clock } = this.#deps;
    this.#lastAttempt = clock.wallTime();
    // Of its own, because a refresh may be under way at the same time.
    const outcomes = sources.map((_, index) => (index < from ? this.#outcomes[index] : undefined));
    let winner: Winner | undefined;
    this.#lifetimeMs = EMPTY_LIFETIME_MS;
    for (let index = from; index < sources.length && winner === undefined; index += 1) {
      const source = sources[index]!;
      const { found, outcome } = await this.#askOne(source);
      outcomes[index] = outcome;
      if (found === undefined || found.candidates.length === 0) continue;
      winner = { index, method: source.method, addresses: this.#withKnown(source.method, found) };
      this.#lifetimeMs = found.lifetimeMs;
      this.#lastSuccess = clock.wallTime();
    }
    this.#outcomes = outcomes;
    if (winner !== undefined) this.#winner = winner;
    return { winner, failures: outcomes.flatMap((one) => (one?.kind === 'failed' ? [one.reason] : [])) };
  }

  /** From now on asks again whenever the last answer has lived its time, until `stop`; `now` asks at once, too. */
  keepAsking(now = false): void {
    if (this.#stopped || this.#refreshing || this.#deps.sources.length === 0) return;
    const { clock, random } = this.#deps;
    clock.cancel(this.#timer);
    // A little early or late, so that nodes that started together do not ask together for ever.
    const tenth = Math.ceil(this.#lifetimeMs / 10);
    const waitMs = now ? 0 : this.#lifetimeMs - tenth + random.int(2 * tenth);
    this.#nextRefresh = clock.wallTime() + waitMs;
    this.#timer = clock.after(waitMs * MILLISECOND, () => {
      this.#refreshing = true;
      void this.ask().then(() => {
        this.#refreshing = false;
        this.keepAsking();
      });
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

  async #askOne({ method, discover }: Source): Promise<{ found: Found | undefined; outcome: Outcome }> {
    const { clock, log, onAsked, stats } = this.#deps;
    const counts = stats.get(method)!;
    const began = clock.now();
    const durationMs = (): number => Math.round((clock.now() - began) / MILLISECOND);
    counts.attempts += 1;
    try {
      const found = this.#withoutSelf(
        await discover({ deadlineMs: DEADLINE_MS, signal: new AbortController().signal }),
      );
      const peers = found.candidates.length;
      if (peers > 0) counts.successes += 1;
      for (const warning of found.warnings) log.debug({ operation: 'discovery', method }, warning);
      if (peers > 0) {
        this.#say(method, 'info', `${method} found ${found.candidates.map(({ address }) => address).join(', ')}`);
        return { found, outcome: { kind: 'found', peers, durationMs: durationMs() } };
      }
      const reason = found.nobody ?? 'it names nobody';
      this.#say(method, 'info', `${method} found nobody: ${reason}`);
      return { found, outcome: { kind: 'nobody', reason, durationMs: durationMs() } };
    } catch (error) {
      counts.failures += 1;
      const reason = messageOf(error);
      this.#say(method, 'warn', `${method} could not be asked: ${reason}`);
      return { found: undefined, outcome: { kind: 'failed', reason, durationMs: durationMs() } };
    } finally {
      onAsked(method, (clock.now() - began) / SECOND);
    }
  }

  /** An incomplete answer adds to what the same source found before; it takes nothing back. */
  #withKnown(method: string, { candidates, complete }: Found): readonly Address[] {
    const addresses = candidates.map(({ address }) => address);
    if (complete || this.#winner?.method !== method) return addresses;
    return [...new Set([...addresses, ...this.#winner.addresses])].slice(0, CANDIDATES_MAX);
  }

  /** Once per change: a source that is asked every few seconds would fill the log. */
  #say(method: string, level: 'info' | 'warn', message: string): void {
    if (this.#saidOf.get(method) === message) return;
    this.#saidOf.set(method, message);
    this.#deps.log[level]({ operation: 'discovery', method }, message);
  }

  #withoutSelf(found: Found): Found {
    const distinct = [...new Set(found.candidates.map(({ address }) => canonicalAddress(address)))];
    const candidates = distinct.filter((address) => !this.#deps.isOwn(address)).map((address) => ({ address }));
    if (candidates.length > 0 || distinct.length === 0) return { ...found, candidates };
    return { ...found, candidates, nobody: 'it names only this node' };
  }
}

function methodTried(method: string, outcome: Outcome): MethodTried {
  const duration_ms = outcome.durationMs;
  if (outcome.kind === 'found') return { method, success: true, peers: outcome.peers, duration_ms };
  return { method, success: false, error: outcome.reason, duration_ms };
}
