import { SECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Log, LogLevel } from '../ports/log.ts';
import type { Counters, DropReason } from '../membership/counters.ts';

/** What each reason means to operators, and what to do. Reasons without an entry are ordinary noise: told at debug. */
const MEANINGS: Partial<Readonly<Record<DropReason, readonly [LogLevel, string]>>> = {
  'wrong-label': ['warn', 'it carries the label of another cluster: compare cluster.label'],
  'not-sealed': ['warn', 'it is plain text, and this node has keys: give the sender the key'],
  sealed: ['warn', 'it is encrypted, and this node has no key: give it one with cluster.encryption.keys'],
  'no-key': ['warn', 'no key of this node opens it: compare `rollcall keys list` on both sides'],
  'not-allowed': ['warn', 'the address is outside cluster.allow'],
  version: ['warn', 'the sender speaks a protocol version that this node does not'],
  vetoed: ['warn', 'a layer on this node refused it'],
  'name-taken': ['warn', 'the name belongs to a member that answers at another address'],
  'too-many-streams': ['warn', 'too many conversations at once'],
  'table-full': ['error', 'the member table is full: raise cluster.membership.members_max, or find who invents names'],
  'queue-full': ['warn', 'user broadcasts come faster than gossip carries them'],
  implausible: ['warn', 'an incarnation too high to be true: somebody may be forging messages'],
};

/** A reason that was just told waits this long until it is told again, with all that came meanwhile. */
const SUMMARY: Micros = 10 * SECOND;

/** Tells the log what was dropped, by reason: the first at once, what follows in summaries. */
export class DropLog {
  readonly #counters: Counters;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #told = new Map<DropReason, { readonly count: number; readonly at: Micros }>();

  constructor(counters: Counters, clock: Clock, log: Log) {
    this.#counters = counters;
    this.#clock = clock;
    this.#log = log;
  }

  /** To be called often; `last` tells what is left, too. */
  tell(last = false): void {
    const now = this.#clock.now();
    for (const [reason, count] of Object.entries(this.#counters.dropped) as [DropReason, number][]) {
      const told = this.#told.get(reason);
      const fresh = count - (told?.count ?? 0);
      const waits = !last && told !== undefined && now - told.at < SUMMARY;
      if (fresh === 0 || waits) continue;
      this.#told.set(reason, { count, at: now });
      const [level, meaning] = MEANINGS[reason] ?? ['debug', 'it is damaged, stale or makes no sense'];
      const address = this.#counters.droppedFrom[reason];
      const from = address === undefined ? '' : `, last from ${address}`;
      this.#log[level](
        { operation: 'drop', reason, count: fresh, address },
        `dropped ${fresh} (${reason})${from}: ${meaning}`,
      );
    }
  }
}
