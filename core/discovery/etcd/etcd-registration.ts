import { sameAddress } from '../../address.ts';
import type { Clock } from '../../ports/clock.ts';
import { Budget } from '../cloud/budget.ts';
import { Collision, SourceFailed, type Ask, type Lease, type Self } from '../source.ts';
import { CODES } from './etcd-answers.ts';
import { EtcdRefused, METHOD } from './etcd-calls.ts';
import type { EtcdClient, Granted } from './etcd-client.ts';
import { entryOf, valueOf } from './etcd-entry.ts';

/** Others may write the key between our look at it and our own attempt; not for ever. */
const ATTEMPTS_MAX = 5;

export interface Registration {
  readonly client: EtcdClient;
  readonly clock: Clock;
  readonly key: string;
  readonly self: Self;
  readonly ttlSec: number;
}

/** Claims the key in one transaction, under a lease of its own: it ends with the node that keeps the lease alive. */
export async function claim(registration: Registration, ask: Ask): Promise<Lease> {
  const { client, clock } = registration;
  const budget = new Budget(METHOD, clock, ask);
  let lease: Granted | undefined;
  try {
    let expected = 0n;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      lease ??= await client.grant(registration.ttlSec, budget);
      const holder = await attemptWith(registration, lease, expected, budget);
      if (holder === 'written') return leaseOn(registration, lease);
      if (holder === 'lease-lost') lease = undefined;
      else expected = holder;
    }
    throw new SourceFailed(METHOD, `${registration.key} was written by others ${ATTEMPTS_MAX} times in a row.`);
  } catch (error) {
    // What was granted for nothing would wait for its end beside others like it. This is no part of the answer.
    if (lease !== undefined) await client.revoke(lease.id, budget).catch(() => {});
    throw error;
  }
}

/** Gives the revision that has to be replaced when the key is ours from before, or is gone again. */
async function attemptWith(
  { client, key, self }: Registration,
  lease: Granted,
  expected: bigint,
  budget: Budget,
): Promise<'written' | 'lease-lost' | bigint> {
  try {
    const there = await client.write({ key, value: valueOf(self), lease: lease.id, expected }, budget);
    if (there === 'written') return there;
    if (there === 'changed') return 0n;
    const holder = entryOf(key, there.value);
    if (typeof holder === 'string') throw new SourceFailed(METHOD, `${holder}. Remove it: etcdctl del ${key}`);
    // From an earlier life of this node, or from an attempt whose answer we never heard: its lease is not ours to keep.
    if (sameAddress(holder.address, self.address)) return there.modRevision;
    throw new Collision(METHOD, self.id, holder.address);
  } catch (error) {
    // A lease may end while we wait; the key is then written under another.
    if (error instanceof EtcdRefused && error.grpcCode === CODES.notFound) return 'lease-lost';
    throw error;
  }
}

function leaseOn({ client, clock, key }: Registration, { id, ttlSec }: Granted): Lease {
  return {
    keepEveryMs: Math.floor((ttlSec * 1_000) / 3),
    async keep(ask) {
      const budget = new Budget(METHOD, clock, ask);
      if (!(await client.keepAlive(id, budget))) return false;
      // The lease may live without the key: somebody deleted it, or wrote it anew.
      return (await client.read(key, budget))?.lease === id;
    },
    release: (ask) => client.revoke(id, new Budget(METHOD, clock, ask)),
  };
}
