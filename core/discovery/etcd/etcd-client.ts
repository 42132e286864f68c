import type { Clock } from '../../ports/clock.ts';
import { HttpFailed } from '../../ports/http.ts';
import type { Budget } from '../cloud/budget.ts';
import { listAt, textAt, valueAt } from '../cloud/loose.ts';
import { SourceFailed } from '../source.ts';
import { changesOf, CODES, encoded, endOf, headerOf, pairOf, wholeNumber } from './etcd-answers.ts';
import type { Change, Pair } from './etcd-answers.ts';
import { EtcdRefused, METHOD, type EtcdCalls } from './etcd-calls.ts';
import { EtcdHistory } from './etcd-history.ts';

/** Keys under a prefix, all of one revision. */
export interface Listed {
  readonly revision: bigint;
  readonly pairs: readonly Pair[];
}

export interface Granted {
  readonly id: string;
  /** The server may give more than was asked for. */
  readonly ttlSec: number;
}

const PAGE = 500;
/** Who never says "that was all" is ill, or wants our memory. */
const PAGES_MAX = 200;
/** A list that takes so long that its revision is compacted away begins again so often. */
const LISTS_MAX = 3;
const WATCH_HEAD_MS = 10_000;

/** The part of etcd's version 3 interface that peers need. Every failure is a `SourceFailed`. */
export class EtcdClient {
  readonly #calls: EtcdCalls;
  readonly #history: EtcdHistory;

  constructor(calls: EtcdCalls, clock: Clock) {
    this.#calls = calls;
    this.#history = new EtcdHistory(clock);
  }

  /** `serializable`: a member may answer by itself, from what it knows. */
  async list(prefix: string, budget: Budget, serializable: boolean): Promise<Listed> {
    for (let times = 1; ; times += 1) {
      try {
        return await this.#listOnce(prefix, budget, serializable);
      } catch (error) {
        if (times === LISTS_MAX || !(error instanceof EtcdRefused && error.grpcCode === CODES.outOfRange)) throw error;
      }
    }
  }

  async #listOnce(prefix: string, budget: Budget, serializable: boolean): Promise<Listed> {
    const pairs: Pair[] = [];
    const rangeEnd = encoded(endOf(prefix));
    let revision = 0n;
    let from = prefix;
    for (let count = 0; count < PAGES_MAX; count += 1) {
      // Later pages are of the revision of the first, or entries that move would be in two of them, or in none.
      const page = { key: encoded(from), range_end: rangeEnd, limit: `${PAGE}`, revision: `${revision}`, serializable };
      const answer = await this.#range(page, budget);
      if (revision === 0n) revision = headerOf(answer).revision;
      const got = listAt(answer, 'kvs').map(pairOf);
      pairs.push(...got);
      const last = got.at(-1)?.key;
      if (valueAt(answer, 'more') !== true || last === undefined) return { revision, pairs };
      if (`${last}\0` === from) throw new SourceFailed(METHOD, 'the next page of the list is the same page again.');
      from = `${last}\0`;
    }
    throw new SourceFailed(METHOD, `the list does not end after ${PAGES_MAX} pages of ${PAGE} keys.`);
  }

  /** One key, as the majority has it. */
  async read(key: string, budget: Budget): Promise<Pair | undefined> {
    const [kv] = listAt(await this.#range({ key: encoded(key) }, budget), 'kvs');
    return kv === undefined ? undefined : pairOf(kv);
  }

  #range(request: object, budget: Budget): Promise<unknown> {
    return this.#calls.ask('kv/range', request, budget, (answer) => this.#history.judge(headerOf(answer)));
  }

  /**
   * Writes the key if nobody has since `expected`, its last revision: 0 where there is to be none. Gives what is there
   * instead, or undefined when it is written; a key that vanished meanwhile is one to try again.
   */
  async write(
    { key, value, lease, expected }: { key: string; value: string; lease: string; expected: bigint },
    budget: Budget,
  ): Promise<'written' | 'changed' | Pair> {
    const name = encoded(key);
    const answer = await this.#calls.ask(
      'kv/txn',
      {
        // A key that is not there has modification revision 0, as it has creation revision 0.
        compare: [{ key: name, target: 'MOD', result: 'EQUAL', mod_revision: `${expected}` }],
        success: [{ request_put: { key: name, value: encoded(value), lease } }],
        failure: [{ request_range: { key: name } }],
      },
      budget,
    );
    if (valueAt(answer, 'succeeded') === true) return 'written';
    const kv = valueAt(answer, 'responses', 0, 'response_range', 'kvs', 0);
    return kv === undefined ? 'changed' : pairOf(kv);
  }

  async grant(ttlSec: number, budget: Budget): Promise<Granted> {
    const answer = await this.#calls.ask('lease/grant', { TTL: `${ttlSec}` }, budget);
    const id = textAt(answer, 'ID');
    if (id === '') throw new SourceFailed(METHOD, 'a lease was granted without an ID.');
    return { id, ttlSec: Number(wholeNumber(valueAt(answer, 'TTL'))) };
  }

  /** False when the lease is lost: etcd then answers without the time that it has left. */
  async keepAlive(lease: string, budget: Budget): Promise<boolean> {
    const answer = await this.#calls.ask('lease/keepalive', { ID: lease }, budget);
    return wholeNumber(valueAt(answer, 'result', 'TTL')) > 0n;
  }

  /** Takes the lease back with all that lives by it; one that is gone already is no failure. */
  async revoke(lease: string, budget: Budget): Promise<void> {
    try {
      // This path is known to all versions; `lease/revoke` is not.
      await this.#calls.ask('kv/lease/revoke', { ID: lease }, budget);
    } catch (error) {
      if (!(error instanceof EtcdRefused && error.grpcCode === CODES.notFound)) throw error;
    }
  }

  /**
   * Changes under a prefix from a revision on, until nothing more is to be had from this stream: it has ended, was
   * silent for `idleMs`, or its beginning has been compacted away.
   */
  async *changes(
    prefix: string,
    from: bigint,
    { idleMs, signal }: { idleMs: number; signal: AbortSignal },
  ): AsyncGenerator<readonly Change[], void, undefined> {
    const range = { key: encoded(prefix), range_end: encoded(endOf(prefix)) };
    const request = { create_request: { ...range, start_revision: `${from}`, progress_notify: true } };
    let created = false;
    try {
      for await (const result of this.#calls.follow('watch', request, { deadlineMs: WATCH_HEAD_MS, idleMs, signal })) {
        created = true;
        if (valueAt(result, 'canceled') === true) return;
        const changes = changesOf(result);
        if (changes.length > 0) yield changes;
      }
    } catch (error) {
      const silent = created && isTimeout(error);
      // It may be the member that is stuck.
      if (error instanceof SourceFailed) this.#calls.passOver();
      if (!silent) throw error;
    }
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof SourceFailed && error.cause instanceof HttpFailed && error.cause.problem === 'timeout';
}
