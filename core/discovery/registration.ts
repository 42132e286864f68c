import { messageOf } from '../errors.ts';
import { MILLISECOND, type Clock, type Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import { bounded } from './bounded.ts';
import { Breaker } from './breaker.ts';
import { Collision, type Ask, type Lease, type Self, type Source } from './source.ts';

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
  /** Ends the question that is under way. */
  #giveUp: () => void = () => {};

  constructor(source: Registering, deps: RegistrationDeps) {
    this.method = source.method;
    this.#source = source;
    this.#deps = deps;
    this.#breaker = new Breaker(REST, deps.clock, deps.random);
  }

  get state(): RegistrationState {
    return this.#state;
  }

  /** What keeps it from being active. */
  get problem(): string | undefined {
    return this.#problem;
  }

  begin(): void {
    void this.#enter();
  }

  /** What others are told has changed: enters it anew. */
  renew(): void {
    if (this.#ended) return;
    this.#deps.clock.cancel(this.#timer);
    this.#giveUp();
    void this.#enter();
  }

  /** Takes the entry back, within `deadlineMs`: afterwards nobody is sent to us. */
  async end(deadlineMs: number): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#deps.clock.cancel(this.#timer);
    this.#giveUp();
    const lease = this.#lease;
    if (lease !== undefined) {
      await this.#bounded((ask) => lease.release(ask), deadlineMs).catch((error: unknown) =>
        this.#log('warn', `${this.method} still has the entry of this node, until it expires: ${messageOf(error)}`),
      );
    }
    this.#state = 'released';
  }

  /** Forgets the entry without a word to the backend: what a crash does. */
  drop(): void {
    this.#ended = true;
    this.#deps.clock.cancel(this.#timer);
    this.#giveUp();
  }

  async #enter(): Promise<void> {
    const { deadlineMs, self } = this.#deps;
    try {
      const lease = await this.#bounded((ask) => this.#source.register(self(), ask), deadlineMs);
      if (this.#ended) return;
      this.#lease = lease;
      this.#breaker.succeeded();
      if (this.#state !== 'active') this.#log('info', `${this.method} has an entry of this node`);
      this.#become('active');
      this.#again(lease.keepEveryMs, () => void this.#keep(lease));
    } catch (error) {
      this.#failed(error, () => void this.#enter());
    }
  }

  async #keep(lease: Lease): Promise<void> {
    try {
      const kept = await this.#bounded((ask) => lease.keep(ask), Math.min(this.#deps.deadlineMs, lease.keepEveryMs));
      if (this.#ended || this.#lease !== lease) return;
      this.#breaker.succeeded();
      if (kept) {
        this.#become('active');
        return this.#again(lease.keepEveryMs, () => void this.#keep(lease));
      }
      this.#log('warn', `${this.method} has lost the entry of this node: it is entered anew`);
      this.#lease = undefined;
      this.#become('registering');
      this.#again(AGAIN_MS, () => void this.#enter());
    } catch (error) {
      if (this.#lease === lease) this.#failed(error, () => void this.#keep(lease));
    }
  }

  #failed(error: unknown, retry: () => void): void {
    if (this.#ended) return;
    this.#breaker.failed();
    const state = error instanceof Collision ? 'taken' : 'failing';
    const problem = messageOf(error);
    if (this.#problem !== problem) {
      const level = state === 'taken' ? 'error' : 'warn';
      this.#log(level, `${this.method} does not take the entry of this node: ${problem}`);
    }
    this.#become(state, problem);
    this.#again(this.#breaker.restMs, retry);
  }

  #become(state: RegistrationState, problem?: string): void {
    this.#state = state;
    this.#problem = problem;
  }

  /** A little early rather than late, and not all nodes at once. */
  #again(ms: number, task: () => void): void {
    const { clock, random } = this.#deps;
    const early = random.int(Math.floor(ms / 10) + 1);
    clock.cancel(this.#timer);
    this.#timer = clock.after((ms - early) * MILLISECOND, task);
  }

  #bounded<T>(work: (ask: Ask) => Promise<T>, deadlineMs: number): Promise<T> {
    const question = bounded(this.#deps.clock, this.method, deadlineMs, work);
    this.#giveUp = question.giveUp;
    return question.answer;
  }

  #log(level: 'info' | 'warn' | 'error', message: string): void {
    this.#deps.log[level]({ operation: 'registration', method: this.method }, message);
  }
}
