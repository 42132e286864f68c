import { canonicalAddress, isPlace } from '../address.ts';
import { messageOf } from '../errors.ts';
import { MILLISECOND, SECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';
import { bounded, type Bounded } from './bounded.ts';
import { Breaker } from './breaker.ts';
import { CANDIDATES_MAX, mergedCandidates } from './candidates.ts';
import { Sittings } from './sittings.ts';
import { reasonOf, SourceFailed, type Candidate, type Found, type Source } from './source.ts';

/** How a source was last asked. `nobody` is an answer, `failed` is none. */
export type Outcome = { readonly durationMs: number } & (
  | { readonly kind: 'found'; readonly peers: number }
  | { readonly kind: 'nobody' | 'failed'; readonly reason: string }
);

/** `known`: a fresh answer will do. `due`: unless it is about to run out. `anew`: only a new one will. */
export type Eagerness = 'known' | 'due' | 'anew';

/** What one source has done so far, in plain numbers. An answer that names nobody is neither success nor failure. */
export interface MethodStats {
  attempts: number;
  successes: number;
  failures: number;
}

export interface FeedDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whether this address is our own: a source that names only us names nobody. */
  readonly isOwn: (address: Address) => boolean;
  /** How long one question may take. */
  readonly deadlineMs: number;
  /** How long what was found is kept while the source cannot be asked. */
  readonly staleMs: number;
  /** Belongs to the method of the source, for the life of the node. */
  readonly stats: MethodStats;
  readonly onAsked: (seconds: number) => void;
  /** Something else is known now, without having been asked for. */
  readonly onTold: () => void;
}

/** However long a source says that its answer may be believed. */
const POSITIVE_MS = { least: 1_000, most: 300_000 };
/** That there is nobody is doubted sooner: the first node of a cluster must not wait for its second. */
const NEGATIVE_MS = { least: 1_000, most: 30_000 };
/** Sources that tell changes by themselves are asked again after this long all the same. */
const FOLLOWED_MS = 300_000;
/** What has less than this part of its lifetime left is asked for again when others are: one look serves all. */
const DUE = 0.35;
const REST = { firstMs: 250, lastMs: 30_000, opensAfter: 5 };

/** One source and what is known from it: asks one question at a time, believes the answer for a while, and no longer. */
export class Feed {
  readonly source: Source;
  readonly breaker: Breaker;
  #deps: FeedDeps;
  readonly #sittings: Sittings;
  #outcome: Outcome | undefined;
  #asking: Promise<Outcome> | undefined;
  /** The last one, perhaps still under way. */
  #question: Bounded<Found> | undefined;
  #candidates: readonly Candidate[] = [];
  /** Until when a source that has named peers is given to take back its first "there is nobody". */
  #doubtedUntil: Micros | undefined;
  #freshUntil: Micros = -1;
  #askedAt: Micros = 0;
  #keptUntil: Micros = -1;
  #lifetimeMs = NEGATIVE_MS.least;
  #lastSuccess: number | undefined;
  #said = '';
  #warnings: readonly string[] = [];
  #stopped = false;

  constructor(source: Source, deps: FeedDeps) {
    this.source = source;
    this.#deps = deps;
    this.breaker = new Breaker(REST, deps.clock, deps.random);
    this.#sittings = new Sittings(source, deps, {
      onBegin: () => void (this.#deps.stats.attempts += 1),
      onFound: (found, durationMs, isFirst) => this.#told(found, durationMs, isFirst),
      onEnd: (failure, durationMs, hadTold) => this.#sittingEnded(failure, durationMs, hadTold),
    });
  }

  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Who might be there, for as long as that may be believed: while the source is followed, that is as long as it says nothing else. */
  get candidates(): readonly Candidate[] {
    return this.following || this.#deps.clock.now() < this.#keptUntil ? this.#candidates : [];
  }

  /** When what is known may be believed no longer, unless something is heard until then; undefined when nothing will change. */
  get keptUntil(): Micros | undefined {
    return this.following || this.#candidates.length === 0 ? undefined : this.#keptUntil;
  }

  /** How long the last answer will do altogether; after a failure, how long the source rests. */
  get lifetimeMs(): number {
    if (this.following) return FOLLOWED_MS;
    return this.#outcome?.kind === 'failed' ? Math.max(this.breaker.restMs, POSITIVE_MS.least) : this.#lifetimeMs;
  }

  /** It tells by itself what changes. */
  get following(): boolean {
    return this.#sittings.telling;
  }

  /** Milliseconds since 1970, of the last answer. */
  get lastSuccess(): number | undefined {
    return this.#lastSuccess;
  }

  /** What was odd about the last answer. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** The chain around it is another one, with other limits. */
  adopt(deps: FeedDeps): void {
    this.#deps = deps;
  }

  /** What the source knows: its last answer, when that will do, else a new one, shared by all who ask. */
  async ask(eagerness: Eagerness = 'known'): Promise<Outcome> {
    if (this.#asking !== undefined) return this.#asking;
    const leftMs = (this.#freshTo - this.#deps.clock.now()) / MILLISECOND;
    const neededMs = { known: 0, due: this.lifetimeMs * DUE, anew: Infinity }[eagerness];
    if (this.#outcome !== undefined && leftMs > neededMs) return this.#outcome;
    if (this.#stopped || this.breaker.restMs > 0) return this.#resting();
    this.#asking = this.#askNow();
    try {
      return await this.#asking;
    } finally {
      this.#asking = undefined;
    }
  }

  /** From now on the source is followed, where it can be, until `unfollow`. */
  follow(): void {
    if (!this.#stopped) this.#sittings.begin();
  }

  unfollow(): void {
    if (this.following) this.#keepForNow();
    this.#sittings.end();
  }

  /** Nobody needs it any more: whatever is under way is given up. */
  stop(): void {
    this.#stopped = true;
    this.unfollow();
    this.#question?.giveUp();
  }

  /** Until when nobody needs to ask: what is followed tells what is new, and is asked only now and then. */
  get #freshTo(): Micros {
    return this.following ? this.#askedAt + FOLLOWED_MS * MILLISECOND : this.#freshUntil;
  }

  async #askNow(): Promise<Outcome> {
    const { clock, deadlineMs, stats, onAsked } = this.#deps;
    const began = clock.now();
    this.#askedAt = began;
    const durationMs = (): number => Math.round((clock.now() - began) / MILLISECOND);
    stats.attempts += 1;
    this.#question = bounded(clock, this.source.method, deadlineMs, (ask) => this.source.discover(ask));
    try {
      const outcome = this.#believe(await this.#question.answer, durationMs());
      if (outcome.kind === 'found') stats.successes += 1;
      return outcome;
    } catch (error) {
      return this.#failed(error, durationMs());
    } finally {
      onAsked((clock.now() - began) / SECOND);
    }
  }

  #told(found: Found, durationMs: number, isFirst: boolean): void {
    try {
      const outcome = this.#believe(found, isFirst ? durationMs : 0);
      if (isFirst && outcome.kind === 'found') this.#deps.stats.successes += 1;
    } catch (error) {
      this.#failed(error, durationMs);
    }
    this.#deps.onTold();
  }

  #sittingEnded(failure: unknown, durationMs: number, hadTold: boolean): void {
    if (hadTold) this.#keepForNow();
    if (failure !== undefined) this.#failed(failure, durationMs);
    this.#deps.onTold();
  }

  /** What was true until now is kept like any answer that has just run out. */
  #keepForNow(): void {
    const { clock, staleMs } = this.#deps;
    this.#keptUntil = clock.now() + staleMs * MILLISECOND;
  }

  /** Takes an answer in; throws when it is none. */
  #believe(answer: Found, durationMs: number): Outcome {
    const { clock, staleMs } = this.#deps;
    const { candidates, complete, lifetimeMs, warnings, nobody } = this.#withoutSelf(answer);
    this.#warn(warnings);
    // Part of a list without a name in it: who is in the other part?
    if (candidates.length === 0 && !complete) {
      throw new SourceFailed(this.source.method, `${nobody ?? 'nobody is named'}, but not everything is known.`);
    }
    this.breaker.succeeded();
    const bounds = candidates.length > 0 ? POSITIVE_MS : NEGATIVE_MS;
    this.#lifetimeMs = Math.min(bounds.most, Math.max(bounds.least, Number.isFinite(lifetimeMs) ? lifetimeMs : 0));
    const now = clock.now();
    this.#freshUntil = now + this.#lifetimeMs * MILLISECOND;
    this.#lastSuccess = clock.wallTime();
    if (candidates.length === 0) return this.#believeNobody(nobody ?? 'it names nobody', durationMs);
    this.#doubtedUntil = undefined;
    this.#candidates = complete ? candidates : [...mergedCandidates([candidates, this.candidates]).values()];
    this.#keptUntil = this.#freshUntil + staleMs * MILLISECOND;
    this.#say('info', `${this.source.method} found ${inShort(candidates)}`);
    return this.#ended({ kind: 'found', peers: candidates.length, durationMs });
  }

  /**
   * Names come and go while name services are restarted, and a cache may repeat for a while that there is nobody: a
   * source that has named peers is believed only when it still says so behind the lifetime of its first word.
   */
  #believeNobody(reason: string, durationMs: number): Outcome {
    const now = this.#deps.clock.now();
    if (this.#doubtedUntil === undefined) this.#doubtedUntil = this.#freshUntil;
    else if (now >= this.#doubtedUntil) this.#candidates = [];
    this.#say('info', `${this.source.method} found nobody: ${reason}`);
    return this.#ended({ kind: 'nobody', reason, durationMs });
  }

  #failed(error: unknown, durationMs: number): Outcome {
    const reason = messageOf(error);
    if (this.#stopped) return { kind: 'failed', reason, durationMs };
    const { stats } = this.#deps;
    stats.failures += 1;
    this.breaker.failed(error instanceof SourceFailed ? error.retryAfterMs : undefined);
    // What was believed until now is no answer to the next question.
    this.#freshUntil = -1;
    const { method } = this.source;
    this.#say('warn', `${method} could not be asked: ${reasonOf(method, reason)}`);
    return this.#ended({ kind: 'failed', reason, durationMs });
  }

  #ended(outcome: Outcome): Outcome {
    this.#outcome = outcome;
    return outcome;
  }

  #resting(): Outcome {
    const last = this.#outcome;
    const reason = last === undefined || last.kind === 'found' ? `${this.source.method} rests` : last.reason;
    return { kind: 'failed', reason, durationMs: 0 };
  }

  /** Once per change: a source that is asked every few seconds would fill the log. */
  #say(level: 'info' | 'warn', message: string): void {
    if (this.#said === message) return;
    this.#said = message;
    this.#deps.log[level]({ operation: 'discovery', method: this.source.method }, message);
  }

  #warn(warnings: readonly string[]): void {
    const known = new Set(this.#warnings);
    this.#warnings = warnings.slice(0, WARNINGS_MAX);
    for (const warning of this.#warnings) {
      if (known.has(warning)) continue;
      this.#deps.log.warn({ operation: 'discovery', method: this.source.method }, `${this.source.method}: ${warning}`);
    }
  }

  /** Without this node, without what is no place to go to, and each once. */
  #withoutSelf(found: Found): Found {
    const places = found.candidates.filter(({ address }) => isPlace(address));
    const distinct = [
      ...mergedCandidates([places.map((one) => ({ ...one, address: canonicalAddress(one.address) }))]).values(),
    ];
    const candidates = distinct.filter(({ address }) => !this.#deps.isOwn(address)).slice(0, CANDIDATES_MAX);
    const useless = found.candidates.length - places.length;
    const odd = found.candidates.find(({ address }) => !isPlace(address))?.address;
    const warnings =
      useless === 0
        ? found.warnings
        : [...found.warnings, `${useless} of its addresses cannot be used, such as ${JSON.stringify(odd)}`];
    // Who knows who is behind an address that makes no sense?
    const complete = found.complete && (useless === 0 || candidates.length > 0);
    if (candidates.length > 0 || distinct.length === 0) return { ...found, candidates, complete, warnings };
    return { ...found, candidates, complete, warnings, nobody: 'it names only this node' };
  }
}

/** More would fill the log of a large cluster. */
const TOLD_MAX = 8;
const WARNINGS_MAX = 8;

/** The same for the same candidates, in whatever order they come. */
function inShort(candidates: readonly Candidate[]): string {
  const all = candidates.map(({ id, address }) => (id === undefined ? address : `${id} at ${address}`));
  const told = all.toSorted((a, b) => (a < b ? -1 : 1)).slice(0, TOLD_MAX);
  const more = candidates.length - told.length;
  return more > 0 ? `${told.join(', ')} and ${more} more` : told.join(', ');
}
