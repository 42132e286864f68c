import { canonicalAddress, isAddress } from '../address.ts';
import { messageOf } from '../errors.ts';
import { MILLISECOND, SECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';
import { bounded, type Bounded } from './bounded.ts';
import { Breaker, type BreakerState } from './breaker.ts';
import { CANDIDATES_MAX, mergedCandidates } from './candidates.ts';
import { SourceFailed, type Candidate, type Found, type Source, type Watcher } from './source.ts';

/** How a source was last asked. `nobody` is an answer, `failed` is none. */
export type Outcome = { readonly durationMs: number } & (
  | { readonly kind: 'found'; readonly peers: number }
  | { readonly kind: 'nobody' | 'failed'; readonly reason: string }
);

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
/** A source that named peers must say so often that there are none: names come and go while name services are restarted. */
const CONFIRMATIONS = 2;
const REST = { firstMs: 250, lastMs: 30_000, opensAfter: 5 };
const SITTING_REST = { firstMs: 1_000, lastMs: 30_000, opensAfter: 5 };
/** A sitting that ends sooner, for whatever reason, has failed: the next one waits for longer. */
const SITTING_LEAST: Micros = 30 * SECOND;

/** One source and what is known from it: asks one question at a time, believes the answer for a while, and no longer. */
export class Feed {
  readonly source: Source;
  readonly breaker: Breaker;
  readonly #deps: FeedDeps;
  #outcome: Outcome | undefined;
  #asking: Promise<Outcome> | undefined;
  #candidates: readonly Candidate[] = [];
  /** How often in a row it has said that there is nobody. */
  #absences = 0;
  #freshUntil: Micros = -1;
  #keptUntil: Micros = -1;
  #lifetimeMs = NEGATIVE_MS.least;
  #lastSuccess: number | undefined;
  #said = '';
  /** The last one, perhaps still under way. */
  #question: Bounded<Found> | undefined;
  #sitting: AbortController | undefined;
  /** Apart from that of questions: a source may answer those and break off every sitting. */
  readonly #sittings: Breaker;
  /** The sitting has told everything at least once. */
  #told = false;

  constructor(source: Source, deps: FeedDeps) {
    this.source = source;
    this.#deps = deps;
    this.breaker = new Breaker(REST, deps.clock, deps.random);
    this.#sittings = new Breaker(SITTING_REST, deps.clock, deps.random);
  }

  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Who might be there, for as long as that may be believed. */
  get candidates(): readonly Candidate[] {
    return this.#deps.clock.now() < this.#keptUntil ? this.#candidates : [];
  }

  /** How long the last answer may be believed altogether; after a failure, how long the source rests. */
  get lifetimeMs(): number {
    return this.#outcome?.kind === 'failed' ? Math.max(this.breaker.restMs, POSITIVE_MS.least) : this.#lifetimeMs;
  }

  /** It tells by itself what changes. */
  get following(): boolean {
    return this.#told;
  }

  get breakerState(): BreakerState {
    return this.breaker.state;
  }

  /** Milliseconds since 1970, of the last answer. */
  get lastSuccess(): number | undefined {
    return this.#lastSuccess;
  }

  /** What the source knows: its last answer while that is fresh (unless `anew`), else a new one, shared by all who ask. */
  async ask(anew = false): Promise<Outcome> {
    if (this.#asking !== undefined) return this.#asking;
    const isFresh = this.#deps.clock.now() < this.#freshUntil;
    if (this.#outcome !== undefined && isFresh && !anew) return this.#outcome;
    if (this.breaker.restMs > 0) return this.#resting();
    this.#asking = this.#askNow();
    try {
      return await this.#asking;
    } finally {
      this.#asking = undefined;
    }
  }

  /** From now on the source is followed, where it can be, until `unfollow`. */
  follow(): void {
    if (this.source.watch === undefined || this.#sitting !== undefined) return;
    this.#sitting = new AbortController();
    void this.#sit(this.#sitting);
  }

  unfollow(): void {
    this.#sitting?.abort();
    this.#sitting = undefined;
    this.#told = false;
  }

  /** Nobody needs it any more: whatever is under way is given up. */
  stop(): void {
    this.unfollow();
    this.#question?.giveUp();
  }

  async #askNow(): Promise<Outcome> {
    const { clock, deadlineMs, stats, onAsked } = this.#deps;
    const began = clock.now();
    const durationMs = (): number => Math.round((clock.now() - began) / MILLISECOND);
    stats.attempts += 1;
    this.#question = bounded(clock, this.source.method, deadlineMs, (ask) => this.source.discover(ask));
    try {
      const found = await this.#question.answer;
      return this.#believe(found, durationMs());
    } catch (error) {
      return this.#failed(error, durationMs());
    } finally {
      onAsked((clock.now() - began) / SECOND);
    }
  }

  /** Sitting after sitting, with a rest in between that grows while they fail. */
  async #sit(sitting: AbortController): Promise<void> {
    const { clock, onTold, stats } = this.#deps;
    const { signal } = sitting;
    while (!signal.aborted) {
      const began = clock.now();
      const durationMs = (): number => Math.round((clock.now() - began) / MILLISECOND);
      const found = (answer: Found): void => {
        if (signal.aborted) return;
        this.#told = true;
        this.#believe(answer, durationMs());
        onTold();
      };
      let retryAfterMs: number | undefined;
      stats.attempts += 1;
      try {
        await this.#sitOnce({ found }, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof SourceFailed) ({ retryAfterMs } = error);
        this.#failed(error, durationMs());
      }
      this.#told = false;
      if (clock.now() - began >= SITTING_LEAST) this.#sittings.succeeded();
      else this.#sittings.failed(retryAfterMs);
      await this.#rest(Math.max(SITTING_REST.firstMs, this.#sittings.restMs), signal);
    }
  }

  /** Each sitting has a signal of its own, so that what sources hang on it goes with the sitting. */
  async #sitOnce(watcher: Watcher, signal: AbortSignal): Promise<void> {
    const sitting = new AbortController();
    const end = (): void => sitting.abort();
    signal.addEventListener('abort', end, { once: true });
    try {
      await this.source.watch!(watcher, sitting.signal);
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  #rest(ms: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    if (ms === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clock.cancel(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = clock.after(ms * MILLISECOND, wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #believe(answer: Found, durationMs: number): Outcome {
    const { clock, staleMs, stats, log } = this.#deps;
    const { method } = this.source;
    const { candidates, complete, lifetimeMs, warnings, nobody } = this.#withoutSelf(answer);
    this.breaker.succeeded();
    for (const warning of warnings) log.debug({ operation: 'discovery', method }, warning);
    const bounds = candidates.length > 0 ? POSITIVE_MS : NEGATIVE_MS;
    this.#lifetimeMs = Math.min(bounds.most, Math.max(bounds.least, lifetimeMs));
    this.#freshUntil = clock.now() + this.#lifetimeMs * MILLISECOND;
    this.#lastSuccess = clock.wallTime();
    const keptUntil = this.#freshUntil + staleMs * MILLISECOND;
    if (candidates.length === 0) {
      this.#absences += 1;
      // Nobody takes back what an incomplete answer does not have.
      if (complete && this.#absences >= CONFIRMATIONS) this.#candidates = [];
      const reason = nobody ?? 'it names nobody';
      this.#say('info', `${method} found nobody: ${reason}`);
      return this.#ended({ kind: 'nobody', reason, durationMs });
    }
    this.#absences = 0;
    this.#candidates = complete ? candidates : [...mergedCandidates([candidates, this.candidates]).values()];
    this.#keptUntil = keptUntil;
    stats.successes += 1;
    this.#say('info', `${method} found ${inShort(candidates)}`);
    return this.#ended({ kind: 'found', peers: candidates.length, durationMs });
  }

  #failed(error: unknown, durationMs: number): Outcome {
    const { stats } = this.#deps;
    stats.failures += 1;
    this.breaker.failed(error instanceof SourceFailed ? error.retryAfterMs : undefined);
    // What was believed until now is no answer to the next question.
    this.#freshUntil = -1;
    const reason = messageOf(error);
    this.#say('warn', `${this.source.method} could not be asked: ${reason}`);
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

  #withoutSelf(found: Found): Found {
    const named = found.candidates.flatMap((one) =>
      isAddress(one.address) ? { ...one, address: canonicalAddress(one.address) } : [],
    );
    const distinct = [...mergedCandidates([named]).values()];
    const candidates = distinct.filter(({ address }) => !this.#deps.isOwn(address)).slice(0, CANDIDATES_MAX);
    if (candidates.length > 0 || distinct.length === 0) return { ...found, candidates };
    return { ...found, candidates, nobody: 'it names only this node' };
  }
}

/** More would fill the log of a large cluster. */
const TOLD_MAX = 8;

function inShort(candidates: readonly Candidate[]): string {
  const told = candidates
    .slice(0, TOLD_MAX)
    .map(({ id, address }) => (id === undefined ? address : `${id} at ${address}`));
  const more = candidates.length - told.length;
  return more > 0 ? `${told.join(', ')} and ${more} more` : told.join(', ');
}
