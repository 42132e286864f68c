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

/** Tells the log what was dropped since it was last asked: once per reason, however many there were. */
export class DropLog {
  readonly #counters: Counters;
  readonly #log: Log;
  readonly #told = new Map<DropReason, number>();

  constructor(counters: Counters, log: Log) {
    this.#counters = counters;
    this.#log = log;
  }

  tell(): void {
    for (const [reason, count] of Object.entries(this.#counters.dropped) as [DropReason, number][]) {
      const fresh = count - (this.#told.get(reason) ?? 0);
      if (fresh === 0) continue;
      this.#told.set(reason, count);
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
