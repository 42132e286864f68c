import { SECOND, type Clock, type Micros } from '../../ports/clock.ts';
import { SourceFailed } from '../source.ts';
import { METHOD } from './etcd-calls.ts';
import type { Header } from './etcd-answers.ts';

/** Members catch up within seconds; what is older for longer than this is a cluster that was restored from a backup. */
const RESTORED_AFTER: Micros = 30 * SECOND;

/** The store goes forward only: an answer from before what we have seen comes from a member, or a proxy, that lags. */
export class EtcdHistory {
  readonly #clock: Clock;
  #clusterId = '';
  #revision = 0n;
  /** Since when all answers have been older. */
  #olderSince: Micros | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws when the answer must not be believed. */
  judge({ clusterId, revision }: Header): void {
    const now = this.#clock.now();
    if (clusterId === this.#clusterId && revision < this.#revision) {
      this.#olderSince ??= now;
      if (now - this.#olderSince < RESTORED_AFTER) {
        throw new SourceFailed(METHOD, `the answer is of revision ${revision}, but ${this.#revision} has been seen.`);
      }
    }
    this.#clusterId = clusterId;
    this.#revision = revision;
    this.#olderSince = undefined;
  }
}
