import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Found } from '../../core/discovery/source.ts';
import { etcdInWorld } from '../contract/etcd-places.ts';
import { ask, base64, gateway, sourceOn, type FullSource } from '../contract/etcd-sources.ts';

type Step =
  | { readonly does: 'put' | 'delete' | 'lease'; readonly id: string; readonly port: number }
  | { readonly does: 'etcd-compact' | 'etcd-watch-cut' | 'etcd-watch-stuck' | 'etcd-lag' | 'recover' }
  | { readonly does: 'wait'; readonly ms: number };

const SILENCE_MS = 400;
/** So long that no run lives by its lists alone. */
const PATIENCE_MS = 600_000;
const LEASE_SEC = 2;

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        does: fc.constantFrom('put', 'put', 'delete', 'lease'),
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        port: fc.integer({ min: 1, max: 9 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        does: fc.constantFrom('etcd-compact', 'etcd-watch-cut', 'etcd-watch-stuck', 'etcd-lag', 'recover'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('wait'), ms: fc.integer({ min: 1, max: 900 }) }) },
  ) as fc.Arbitrary<Step>,
  { maxLength: 25 },
);

test('whatever is put, deleted, expired, compacted, cut and silenced: a watcher ends with exactly what the store has', async () => {
  const under = await etcdInWorld();
  const [fake] = under.fakes;
  const [endpoint] = under.endpoints;
  const passing = ['etcd-watch-stuck', 'etcd-lag'];
  let runs = 0;
  let leases = 0;

  /** Sitting after sitting, as the feed of a node does it. */
  const follow = async (source: FullSource, signal: AbortSignal, found: (answer: Found) => void): Promise<void> => {
    while (!signal.aborted) {
      await source.watch({ found }, signal).catch(() => {});
      await under.pause(50);
    }
  };

  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (planned, silences) => {
      const all = planned.filter(({ does }) => silences || does !== 'etcd-watch-stuck');
      const prefix = `run${(runs += 1)}`;
      const source = sourceOn(under, prefix, {
        refreshIntervalMs: silences ? SILENCE_MS : PATIENCE_MS,
        serializable: true,
      });
      const given = new AbortController();
      let last: Found | undefined;
      const following = follow(source, given.signal, (answer) => (last = answer));
      for (const step of all) {
        if (step.does === 'wait') await under.pause(step.ms);
        else if (step.does === 'recover') passing.forEach((effect) => fake!.recover(effect));
        else if (!('id' in step)) fake!.suffer(step.does);
        else {
          const key = base64(`/${prefix}/blue/${step.id}`);
          const value = base64(JSON.stringify({ id: step.id, address: `10.0.0.1:${step.port}` }));
          const leased = step.does === 'lease' ? { lease: `${(leases += 1)}${runs}` } : {};
          // What lags answers late: nobody waits for it here.
          const post = (path: string, body: object) => void gateway(under, endpoint!, path, body).catch(() => {});
          if (step.does === 'delete') post('/v3/kv/deleterange', { key });
          else if (leased.lease === undefined) post('/v3/kv/put', { key, value });
          else {
            post('/v3/lease/grant', { TTL: `${LEASE_SEC}`, ID: leased.lease });
            await under.pause(5);
            post('/v3/kv/put', { key, value, ...leased });
          }
          await under.pause(5);
        }
      }
      passing.forEach((effect) => fake!.recover(effect));
      // Leases run out, and a silent stream is given up, within this.
      await under.pause(LEASE_SEC * 1_000 + 2 * SILENCE_MS + 1_000);
      const truth = await sourceOn(under, prefix).discover(ask());
      given.abort();
      await following;
      expect(last?.candidates.toSorted(byId)).toEqual(truth.candidates.toSorted(byId));
    }),
    { numRuns: 60, seed: 4 },
  );
}, 30_000);

function byId(one: { readonly id?: string }, other: { readonly id?: string }): number {
  return (one.id ?? '') < (other.id ?? '') ? -1 : 1;
}
