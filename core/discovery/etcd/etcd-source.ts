import type { Clock } from '../../ports/clock.ts';
import { Budget } from '../cloud/budget.ts';
import { SourceFailed, type Ask, type Self, type Source } from '../source.ts';
import { METHOD } from './etcd-calls.ts';
import type { EtcdClient } from './etcd-client.ts';
import { entryOf, folderOf, foundIn, type EtcdEntry } from './etcd-entry.ts';
import { claim } from './etcd-registration.ts';

export interface EtcdSourceOptions {
  readonly prefix: string;
  readonly label: string;
  readonly leaseTtlSec: number;
  /** How long an answer is believed, and a watch may be silent. */
  readonly refreshIntervalMs: number;
  readonly serializable: boolean;
  readonly register: boolean;
}

/** The list at the beginning of a sitting. */
const LIST_MS = 15_000;

/** Peers that enter themselves under one prefix of an etcd cluster. */
export function etcdSource(options: EtcdSourceOptions, client: EtcdClient, clock: Clock): Source {
  const { prefix, label, leaseTtlSec, refreshIntervalMs, serializable, register } = options;
  const folder = folderOf(prefix, label);

  const list = async (ask: Ask) => {
    const { revision, pairs } = await client.list(folder, new Budget(METHOD, clock, ask), serializable);
    const entries = new Map(pairs.map(({ key, value }): [string, EtcdEntry] => [key, entryOf(key, value)]));
    return { revision, entries };
  };
  const foundNow = (entries: ReadonlyMap<string, EtcdEntry>) =>
    foundIn(entries.values(), folder, label, refreshIntervalMs);

  return {
    method: METHOD,
    async discover(ask) {
      return foundNow((await list(ask)).entries);
    },
    async watch(watcher, signal) {
      try {
        const { revision, entries } = await list({ deadlineMs: LIST_MS, signal });
        watcher.found(foundNow(entries));
        for await (const changes of client.changes(folder, revision + 1n, { idleMs: refreshIntervalMs, signal })) {
          for (const { key, value } of changes) {
            if (value === undefined) entries.delete(key);
            else entries.set(key, entryOf(key, value));
          }
          watcher.found(foundNow(entries));
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    ...(register && {
      register: (self: Self, ask: Ask) =>
        claim({ client, clock, key: `${folder}${self.id}`, self, ttlSec: leaseTtlSec }, ask),
    }),
    async lookup(id, ask) {
      const pair = await client.read(`${folder}${id}`, new Budget(METHOD, clock, ask));
      if (pair === undefined) return undefined;
      const entry = entryOf(pair.key, pair.value);
      if (typeof entry === 'string') throw new SourceFailed(METHOD, `${entry}. Remove it: etcdctl del ${pair.key}`);
      const { label: _, ...found } = entry;
      return found;
    },
  };
}
