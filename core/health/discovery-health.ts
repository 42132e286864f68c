import type { ContactHealth } from '../cluster/auto-connect.ts';
import type { BreakerState } from '../discovery/breaker.ts';
import type { Chain } from '../discovery/chain.ts';
import type { Feed } from '../discovery/feed.ts';
import type { RegistrationState } from '../discovery/registration.ts';
import type { Address } from '../ports/transport.ts';
import { rfc3339 } from '../wall-time.ts';

/** How finding peers went, as `/cluster/discovery/health` serves it. Times are RFC 3339. */
export interface DiscoveryHealth {
  readonly enabled: boolean;
  /** The source that found peers last; the first configured one before that. */
  readonly method: string;
  readonly last_attempt: string | null;
  readonly last_success: string | null;
  readonly next_refresh: string | null;
  readonly peers_discovered: number;
  readonly seeds_reachable: number;
  readonly seeds_total: number;
  readonly discovery_methods_tried: readonly MethodTried[];
  readonly sources: readonly SourceHealth[];
  /** Everybody who might be there, and how contacting him goes. */
  readonly contacts: readonly ContactHealth[];
  /** Where this node is entered for others to find. */
  readonly registrations: readonly RegistrationHealth[];
  /** Places that peers have named lately. */
  readonly hints: number;
}

export interface RegistrationHealth {
  readonly method: string;
  readonly state: RegistrationState;
  readonly error: string | null;
}

/** What the chain of sources knows by itself. */
export type ChainHealth = Omit<DiscoveryHealth, 'contacts' | 'registrations' | 'hints'>;

export type MethodTried =
  | { readonly method: string; readonly success: true; readonly peers: number; readonly duration_ms: number }
  | { readonly method: string; readonly success: false; readonly error: string; readonly duration_ms: number };

/** One source, as it stands. */
export interface SourceHealth {
  /** The method, with a number where several sources have the same. */
  readonly name: string;
  readonly method: string;
  /** `closed` while it is asked as usual; `open` while it rests after failures; `half-open` when one trial decides. */
  readonly breaker: BreakerState;
  readonly failures_in_a_row: number;
  /** It tells by itself what changes. */
  readonly following: boolean;
  /** Who is known from it, stale or not. */
  readonly candidates: number;
  readonly last_success: string | null;
  /** What was odd about its last answer. */
  readonly warnings: readonly string[];
  /** Why its last answer named nobody. */
  readonly error: string | null;
}

export function chainHealth(chain: Chain, isReached: (address: Address) => boolean): ChainHealth {
  const { feeds, candidates, winner } = chain;
  const successes = feeds.flatMap(({ lastSuccess, outcome }) =>
    outcome?.kind === 'nobody' ? [] : (lastSuccess ?? []),
  );
  return {
    enabled: feeds.length > 0,
    method: winner?.method ?? feeds[0]?.source.method ?? 'none',
    last_attempt: time(chain.lastAttempt),
    last_success: time(successes.length === 0 ? undefined : Math.max(...successes)),
    next_refresh: time(chain.nextRefresh),
    peers_discovered: candidates.length,
    seeds_reachable: candidates.filter(({ address }) => isReached(address)).length,
    seeds_total: candidates.length,
    discovery_methods_tried: feeds.flatMap(methodTried),
    sources: feeds.map((feed, index) => sourceHealth(feed, nameIn(feeds, index))),
  };
}

function time(ms: number | undefined): string | null {
  return ms === undefined ? null : rfc3339(ms);
}

function methodTried({ source: { method }, outcome }: Feed): MethodTried[] {
  if (outcome === undefined) return [];
  const duration_ms = outcome.durationMs;
  if (outcome.kind === 'found') return [{ method, success: true, peers: outcome.peers, duration_ms }];
  return [{ method, success: false, error: outcome.reason, duration_ms }];
}

function sourceHealth(feed: Feed, name: string): SourceHealth {
  return {
    name,
    method: feed.source.method,
    breaker: feed.breaker.state,
    failures_in_a_row: feed.breaker.failures,
    following: feed.following,
    candidates: feed.candidates.length,
    last_success: time(feed.lastSuccess),
    warnings: feed.warnings,
    error: feed.outcome === undefined || feed.outcome.kind === 'found' ? null : feed.outcome.reason,
  };
}

/** Of several sources of one method, the second is called `dns 2`. */
function nameIn(feeds: readonly Feed[], index: number): string {
  const { method } = feeds[index]!.source;
  const before = feeds.slice(0, index).filter(({ source }) => source.method === method).length;
  return before === 0 ? method : `${method} ${before + 1}`;
}
