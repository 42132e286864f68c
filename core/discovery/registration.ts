import { messageOf } from '../errors.ts';
import { MILLISECOND, type Clock, type Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { bounded, type Bounded } from './bounded.ts';
import { Breaker } from './breaker.ts';
import { Collision, reasonOf, SourceFailed, type Ask, type Lease, type Self, type Source } from './source.ts';

/**
 * `registering`: on the way. `active`: others find us there. `failing`: it is not known whether they do. `taken`: somebody
 * else has our id there. `released`: the node has left.
 */
export type RegistrationState = 'registering' | 'active' | 'failing' | 'taken' | 'released';

export interface RegistrationDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly deadlineMs: number;
  /** As the node is right now. */
  readonly self: () => Self;
}

type Registering = Source & Required<Pick<Source, 'register'>>;

const REST = { firstMs: 500, lastMs: 30_000, opensAfter: 5 };
/** An entry of our own past life, at another address, is gone when its lease is: that is not to be missed by much. */
const TAKEN_MS = 5_000;
/** A backend that forgets us over and over is not asked more often than this. */
const AGAIN_MS = 1_000;

export function canRegister(source: Source): source is Registering {
  return source.register !== undefined;
}

/**
 * The entry of this node in one backend, for as long as the node lives: entered, kept, and entered anew under another lease
 * when the backend has lost it. Nobody outside calls for any of this.
 */
export class Registration {
  readonly method: string;
  readonly #source: Registering;
  readonly #deps: RegistrationDeps;
  readonly #breaker: Breaker;
  #state: RegistrationState = 'registering';
  #problem: string | undefined;
  #lease: Lease | undefined;
  #timer: Timer = 0;
  #ended = false;
  #round = 0;
  #question: Bounded<unknown> | undefined;
  /** The entering that is under way, or the last one. */
  #entering: Promise<void> = Promise.resolve();
  readonly #settled: Promise<void>;
  #knowing: () => void = () => {};

  constructor(source: Registering, deps: RegistrationDeps) {
    this.method = source.method;
    this.#source = source;
    this.#deps = deps;
    this.#breaker = new Breaker(REST, deps.clock, deps.random);
    this.#settled = new Promise((resolve) => {
      this.#knowing = resolve;
    });
  }

  get state(): RegistrationState {
    return this.#state;
  }

  /** What keeps it from being active. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Resolves once it is known whether others find us there: at first, and only at first. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  begin(): void {
    void this.#enter(++this.#round);
  }

  /** What others are told has changed: enters it anew. */
  renew(): void {
    if (this.#ended) return;
    this.#deps.clock.cancel(this.#timer);
    void this.#enter(++this.#round);
  }

  /** Takes the entry back, within `deadlineMs`: afterwards nobody is sent to us. */
  async end(deadlineMs: number): Promise<void> {
    if (this.#ended) return;
    this.#finish();
    const lease = this.#lease;
    let timer: Timer = 0;
    const late = new Promise<void>((resolve) => {
      timer = this.#deps.clock.after(deadlineMs * MILLISECOND, resolve);
    });
    // What is on its way to the backend arrives there, whether or not we wait: it is given back when it does.
    const given = Promise.all([this.#entering, lease === undefined ? undefined : this.#release(lease, deadlineMs)]);
    await Promise.race([given, late]);
    this.#deps.clock.cancel(timer);
    this.#question?.giveUp();
    this.#state = 'released';
  }

  /** Forgets the entry without a word to the backend: what a crash does. */
  drop(): void {
    this.#finish();
    this.#question?.giveUp();
  }

  #finish(): void {
    this.#ended = true;
    this.#round += 1;
    this.#deps.clock.cancel(this.#timer);
    this.#knowing();
  }

  /** Each entering, keeping and failing belongs to a round: what an earlier one has to say is not heard. */
  async #enter(round: number): Promise<void> {
    const { deadlineMs, self, clock } = this.#deps;
    const before = this.#entering;
    let entered = (): void => {};
    this.#entering = new Promise((resolve) => {
      entered = resolve;
    });
    // One after the other: whichever the backend heard last would count.
    await before;
    try {
      if (round !== this.#round) return;
      const question = bounded(clock, this.method, deadlineMs, (ask) => this.#register(self(), ask));
      this.#question = question;
      const lease = await question.answer;
      if (round !== this.#round) return;
      this.#lease = lease;
      this.#breaker.succeeded();
      if (this.#state !== 'active') this.#log('info', `${this.method} has an entry of this node`);
      this.#become('active');
      this.#again(keepEvery(lease), () => void this.#keep(lease, round));
    } catch (error) {
      this.#failed(error, round, () => void this.#enter(round));
    } finally {
      entered();
    }
  }

  /** A lease that comes when the node has left is given back: nobody would keep it. */
  async #register(self: Self, ask: Ask): Promise<Lease> {
    const lease = await this.#source.register(self, ask);
    if (this.#ended) await this.#release(lease, this.#deps.deadlineMs);
    return lease;
  }

  async #release(lease: Lease, deadlineMs: number): Promise<void> {
    try {
      await bounded(this.#deps.clock, this.method, deadlineMs, (ask) => lease.release(ask)).answer;
    } catch (error) {
      this.#log(
        'warn',
        `${this.method} still has the entry of this node, until it expires: ${reasonOf(this.method, messageOf(error))}`,
      );
    }
  }

  async #keep(lease: Lease, round: number): Promise<void> {
    try {
      const deadlineMs = Math.min(this.#deps.deadlineMs, keepEvery(lease));
      const question = bounded(this.#deps.clock, this.method, deadlineMs, (ask) => lease.keep(ask));
      this.#question = question;
      const kept = await question.answer;
      if (round !== this.#round) return;
      this.#breaker.succeeded();
      if (kept) {
        this.#become('active');
        return this.#again(keepEvery(lease), () => void this.#keep(lease, round));
      }
      this.#log('warn', `${this.method} has lost the entry of this node: it is entered anew`);
      this.#lease = undefined;
      this.#become('registering');
      this.#again(AGAIN_MS, () => void this.#enter(round));
    } catch (error) {
      this.#failed(error, round, () => void this.#keep(lease, round));
    }
  }

  #failed(error: unknown, round: number, retry: () => void): void {
    if (round !== this.#round) return;
    const asked = error instanceof SourceFailed ? error.retryAfterMs : undefined;
    this.#breaker.failed(asked);
    const state = error instanceof Collision ? 'taken' : 'failing';
    const problem = messageOf(error);
    if (this.#problem !== problem) {
      const level = state === 'taken' ? 'error' : 'warn';
      this.#log(level, `${this.method} does not take the entry of this node: ${reasonOf(this.method, problem)}`);
    }
    this.#become(state, problem);
    // A lease may run out meanwhile: that is to be noticed no later than it would be in good times.
    const lease = this.#lease === undefined || asked !== undefined ? Infinity : keepEvery(this.#lease);
    const most = state === 'taken' ? TAKEN_MS : lease;
    this.#again(Math.min(this.#breaker.restMs, most), retry);
  }

  #become(state: RegistrationState, problem?: string): void {
    this.#state = state;
    this.#problem = problem;
    if (state !== 'registering') this.#knowing();
  }

  /** A little early rather than late, and not all nodes at once. */
  #again(ms: number, task: () => void): void {
    const { clock, random } = this.#deps;
    const early = random.int(Math.floor(ms / 10) + 1);
    clock.cancel(this.#timer);
    this.#timer = clock.after((ms - early) * MILLISECOND, task);
  }

  #log(level: 'info' | 'warn' | 'error', message: string): void {
    this.#deps.log[level]({ operation: 'registration', method: this.method }, message);
  }
}

/** Whatever a source says, a lease is kept no more often than every second. */
function keepEvery({ keepEveryMs }: Lease): number {
  return Number.isFinite(keepEveryMs) ? Math.max(AGAIN_MS, keepEveryMs) : AGAIN_MS;
}
