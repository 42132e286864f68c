import { MILLISECOND, type Clock, type Micros, type Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { DiscoveryMode } from '../config/node-config.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';
import { candidateChanges, mergedCandidates, type CandidateChange, type Candidates } from './candidates.ts';
import { Feed, type Eagerness, type FeedDeps, type MethodStats } from './feed.ts';
import type { Candidate, Source } from './source.ts';

export interface ChainDeps {
  readonly sources: readonly Source[];
  readonly mode: DiscoveryMode;
  /** For one look through all sources. */
  readonly deadlineMs: number;
  /** How long what a source found is kept while it cannot be asked. */
  readonly staleMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whether this address is our own: a node that finds only itself has found nobody. */
  readonly isOwn: (address: Address) => boolean;
  /** By method. Belongs to the node: chains come and go when the configuration is read again. */
  readonly stats: Map<string, MethodStats>;
  readonly onAsked: (method: string, seconds: number) => void;
  readonly onEvent: (event: ChainEvent) => void;
}

/** What discovery tells. */
export type ChainEvent =
  | CandidateChange
  /** A source that could not be asked, or was cut off, has told everything again. */
  | { readonly type: 'resynchronised'; readonly method: string }
  | { readonly type: 'source-down'; readonly method: string; readonly reason: string };

/** Sources that named somebody. */
export interface Winner {
  readonly indexes: readonly number[];
  /** Theirs, joined. */
  readonly method: string;
  readonly candidates: readonly Candidate[];
}

/** What asking came to: who was found, if anybody, and which sources could not be asked. */
export interface Asked {
  readonly winner: Winner | undefined;
  readonly failures: readonly string[];
}

/** A silent source holds the others up for so long at most. */
const PATIENCE_MS = 2_000;
/** However long everything may be believed, somebody is asked after this long. */
const RESYNC_MS = 300_000;
/** When nobody is known, sources are asked again after this long. */
const EMPTY_MS = 5_000;

/** All sources as one, and all that is known from them. Nothing is believed for ever; nobody is forgotten because of an error. */
export class Chain {
  readonly feeds: readonly Feed[];
  readonly #deps: ChainDeps;
  /** Found by sources of the chain before this one: counts until a source of this one names somebody, and not for ever. */
  #inherited: readonly Candidate[];
  readonly #inheritedUntil: Micros;
  #known: Candidates = new Map();
  readonly #down = new Set<Feed>();
  #winner: Winner | undefined;
  #lastAttempt: number | undefined;
  #nextRefresh: number | undefined;
  #timer: Timer = 0;
  #expiry: Timer = 0;
  #refreshing = false;
  #stopped = false;

  /** Sources that the chain before this one had too keep what is known from them. */
  constructor(deps: ChainDeps, before?: Chain) {
    this.#deps = deps;
    const { clock, random } = deps;
    this.feeds = deps.sources.map((source, index) => {
      const { method } = source;
      const stats = deps.stats.get(method) ?? { attempts: 0, successes: 0, failures: 0 };
      deps.stats.set(method, stats);
      const feedDeps: FeedDeps = {
        ...deps,
        random: random.fork(`source ${index}`),
        stats,
        onAsked: (seconds) => deps.onAsked(method, seconds),
        onTold: () => this.#told(),
      };
      const known = before?.feeds.find((feed) => feed.source === source);
      known?.adopt(feedDeps);
      return known ?? new Feed(source, feedDeps);
    });
    const dropped = before?.feeds.filter((feed) => !this.feeds.includes(feed)) ?? [];
    this.#inherited = [...mergedCandidates(dropped.map((feed) => feed.candidates)).values()];
    this.#inheritedUntil = clock.now() + deps.staleMs * MILLISECOND;
    this.#known = mergedCandidates([before?.candidates ?? []]);
    if (before !== undefined) before.#retire(dropped);
  }

  /** Who might be there, from all sources that may be believed. */
  get candidates(): readonly Candidate[] {
    return [...this.#merged().values()];
  }

  /** Who was found last. */
  get winner(): Winner | undefined {
    return this.#winner;
  }

  /** Milliseconds since 1970. */
  get lastAttempt(): number | undefined {
    return this.#lastAttempt;
  }

  get nextRefresh(): number | undefined {
    return this.#nextRefresh;
  }

  /**
   * Asks the sources, except those whose peers were `tried`, until somebody is found, all have answered, or the time is up.
   * What is still fresh is not asked for again, unless `eagerness` says so.
   */
  async ask(tried: ReadonlySet<number> = new Set(), eagerness: Eagerness = 'known'): Promise<Asked> {
    const { clock, mode } = this.#deps;
    this.#lastAttempt = clock.wallTime();
    const indexes = [...this.feeds.keys()].filter((index) => !tried.has(index));
    const heard = new Map<number, string | undefined>();
    const found =
      mode === 'union' ? await this.#all(indexes, eagerness, heard) : await this.#first(indexes, eagerness, heard);
    if (this.#stopped) return { winner: undefined, failures: [] };
    this.#settle();
    const winner = this.#winnerOf(found);
    if (winner !== undefined) this.#winner = winner;
    const failures = indexes.flatMap((index) => {
      if (!heard.has(index)) return winner === undefined ? [`${this.#method(index)}: no answer in time.`] : [];
      return heard.get(index) ?? [];
    });
    return { winner, failures };
  }

  /** From now on what is known is kept fresh, until `stop`; `now` asks at once, too. */
  keepAsking(now = false): void {
    if (this.#stopped || this.#refreshing || this.feeds.length === 0) return;
    const { clock } = this.#deps;
    clock.cancel(this.#timer);
    this.#follow();
    const waitMs = now ? 0 : this.#refreshMs();
    this.#nextRefresh = clock.wallTime() + waitMs;
    this.#timer = clock.after(waitMs * MILLISECOND, () => {
      this.#refreshing = true;
      void this.ask(new Set(), 'due').finally(() => {
        this.#refreshing = false;
        this.keepAsking();
      });
    });
  }

  stop(): void {
    this.#retire(this.feeds);
  }

  #retire(feeds: readonly Feed[]): void {
    this.#stopped = true;
    this.#deps.clock.cancel(this.#timer);
    this.#deps.clock.cancel(this.#expiry);
    for (const feed of feeds) feed.stop();
  }

  /** In order, the next one when one names nobody or has been silent for its share of the time; or all at once. */
  #first(indexes: readonly number[], eagerness: Eagerness, heard: Map<number, string | undefined>): Promise<number[]> {
    const { clock, mode, deadlineMs } = this.#deps;
    const share = Math.min(PATIENCE_MS, Math.floor(deadlineMs / (indexes.length + 1)));
    return new Promise((resolve) => {
      let next = 0;
      let open = 0;
      let patience: Timer = 0;
      const end = (found: number[]): void => {
        next = indexes.length;
        clock.cancel(patience);
        clock.cancel(deadline);
        resolve(found);
      };
      const deadline = clock.after(deadlineMs * MILLISECOND, () => end([]));
      const begin = (): void => {
        clock.cancel(patience);
        if (this.#stopped) return end([]);
        if (next === indexes.length) {
          if (open === 0) end([]);
          return;
        }
        const index = indexes[next]!;
        next += 1;
        open += 1;
        if (next < indexes.length) patience = clock.after(mode === 'race' ? 0 : share * MILLISECOND, begin);
        void this.feeds[index]!.ask(eagerness).then((outcome) => {
          open -= 1;
          heard.set(index, outcome.kind === 'failed' ? outcome.reason : undefined);
          this.#settle();
          if (outcome.kind === 'found') end([index]);
          else begin();
        });
      };
      begin();
    });
  }

  /** Everybody's answer; those that are silent are not waited for once somebody is found. */
  #all(indexes: readonly number[], eagerness: Eagerness, heard: Map<number, string | undefined>): Promise<number[]> {
    const { clock, deadlineMs } = this.#deps;
    const found: number[] = [];
    let isLate = false;
    return new Promise((resolve) => {
      const end = (): void => {
        clock.cancel(patience);
        clock.cancel(deadline);
        resolve(found.toSorted((a, b) => a - b));
      };
      const look = (): void => {
        if (heard.size === indexes.length || this.#stopped || (isLate && found.length > 0)) end();
      };
      const patience = clock.after(Math.min(PATIENCE_MS, deadlineMs) * MILLISECOND, () => {
        isLate = true;
        look();
      });
      const deadline = clock.after(deadlineMs * MILLISECOND, end);
      for (const index of indexes) {
        void this.feeds[index]!.ask(eagerness).then((outcome) => {
          heard.set(index, outcome.kind === 'failed' ? outcome.reason : undefined);
          if (outcome.kind === 'found') found.push(index);
          this.#settle();
          look();
        });
      }
      look();
    });
  }

  #winnerOf(indexes: readonly number[]): Winner | undefined {
    if (indexes.length === 0) return undefined;
    const candidates = [...mergedCandidates(indexes.map((index) => this.feeds[index]!.candidates)).values()];
    return { indexes, method: indexes.map((index) => this.#method(index)).join(', '), candidates };
  }

  #method(index: number): string {
    return this.feeds[index]!.source.method;
  }

  /** Those that found somebody are followed; in `first` and `race` one is enough. Until then whoever is first to name somebody is welcome. */
  #follow(): void {
    const one = this.#deps.mode === 'union' ? undefined : this.#winner;
    const winners = new Set(one?.indexes ?? this.feeds.keys());
    for (const [index, feed] of this.feeds.entries()) {
      if (winners.has(index)) feed.follow();
      else feed.unfollow();
    }
  }

  /** A little before what is known stops being fresh, and not all nodes at once. */
  #refreshMs(): number {
    const { random, mode } = this.#deps;
    const winner = this.#winner;
    const relied = mode === 'union' || winner === undefined ? this.feeds : winner.indexes.map((i) => this.feeds[i]!);
    const lifetimes = relied.map((feed) => feed.lifetimeMs);
    const lifetime = this.#known.size === 0 ? EMPTY_MS : Math.min(RESYNC_MS, ...lifetimes);
    const most = Math.ceil((lifetime * 9) / 10);
    return most - random.int(Math.max(1, Math.floor(lifetime / 5)));
  }

  /** A source that is followed has something to say, or has been cut off: when to ask next is another question now. */
  #told(): void {
    this.#settle();
    if (this.#timer !== 0) this.keepAsking();
  }

  /** Tells what is known differently from before. */
  #settle(): void {
    if (this.#stopped) return;
    if (this.feeds.some((feed) => feed.candidates.length > 0)) this.#inherited = [];
    for (const feed of this.feeds) this.#tellOf(feed);
    const known = this.#merged();
    const changes = candidateChanges(this.#known, known);
    this.#known = known;
    for (const change of changes) this.#deps.onEvent(change);
    this.#awaitExpiry();
  }

  /** What runs out is told when it does. */
  #awaitExpiry(): void {
    const { clock } = this.#deps;
    clock.cancel(this.#expiry);
    const ends = this.feeds.flatMap((feed) => feed.keptUntil ?? []);
    if (this.#inherited.length > 0) ends.push(this.#inheritedUntil);
    const next = Math.min(...ends.filter((end) => end > clock.now()));
    this.#expiry = Number.isFinite(next) ? clock.after(next - clock.now(), () => this.#settle()) : 0;
  }

  #merged(): Candidates {
    const inherited = this.#deps.clock.now() < this.#inheritedUntil ? this.#inherited : [];
    return mergedCandidates([...this.feeds.map((feed) => feed.candidates), inherited]);
  }

  #tellOf(feed: Feed): void {
    const { method } = feed.source;
    const { outcome } = feed;
    if (outcome?.kind === 'failed') {
      if (this.#down.has(feed)) return;
      this.#down.add(feed);
      this.#deps.onEvent({ type: 'source-down', method, reason: outcome.reason });
    } else if (outcome !== undefined && this.#down.delete(feed)) this.#deps.onEvent({ type: 'resynchronised', method });
  }
}
