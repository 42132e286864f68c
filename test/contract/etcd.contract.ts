import { describe, expect, onTestFinished, test } from 'vitest';
import { Collision, SourceFailed } from '../../core/discovery/source.ts';
import { anonymous, expectSameExchanges } from './etcd-exchanges.ts';
import { ask, base64, eventually, firstLines, gateway, self, Sitting, sourceOn } from './etcd-sources.ts';
import type { EtcdUnderTest, FullSource } from './etcd-sources.ts';

let prefixes = 0;
/** Tests share a cluster, and nothing in it. */
export const freshPrefix = (): string => `t${process.pid}-${(prefixes += 1)}`;

function sitting(source: FullSource): Sitting {
  const one = new Sitting(source);
  onTestFinished(() => one.stop());
  return one;
}

/** What our source and any etcd do together, whoever plays the etcd. */
export function etcdContract(name: string, create: () => Promise<EtcdUnderTest>): void {
  describe(`the etcd source and ${name}`, { timeout: 20_000 }, () => {
    const post = (under: EtcdUnderTest, path: string, body: unknown) => gateway(under, under.endpoints[0]!, path, body);
    const put = (under: EtcdUnderTest, key: string, value: string) =>
      post(under, '/v3/kv/put', { key: base64(key), value: base64(value) });
    const compactAll = async (under: EtcdUnderTest): Promise<void> => {
      const { json } = await put(under, '/compacting', 'now');
      const { revision } = (json as { header: { revision: string } }).header;
      expect((await post(under, '/v3/kv/compaction', { revision })).status).toBe(200);
    };

    test('the bare gateway answers question for question as etcd 3.4.23', async () => {
      await expectSameExchanges(await create(), freshPrefix());
    });

    test('nobody has been entered: that is an answer, with its reason', async () => {
      const prefix = freshPrefix();
      expect(await sourceOn(await create(), prefix).discover(ask())).toEqual({
        candidates: [],
        lifetimeMs: 60_000,
        complete: true,
        warnings: [],
        nobody: `there are no keys that begin with /${prefix}/blue/`,
      });
    });

    test('who registers is found, is looked up, and goes when it is released', async () => {
      const source = sourceOn(await create(), freshPrefix());
      const lease = await source.register(self('a', '10.0.0.1:7946'), ask());
      expect(lease.keepEveryMs).toBe(20_000);
      await source.register(self('b/ü', '[fd00::1]:7946'), ask());
      const { candidates, complete, warnings } = await source.discover(ask());
      expect(candidates).toEqual([
        { id: 'a', address: '10.0.0.1:7946' },
        { id: 'b/ü', address: '[fd00::1]:7946' },
      ]);
      expect({ complete, warnings }).toEqual({ complete: true, warnings: [] });
      expect(await source.lookup('b/ü', ask())).toMatchObject({ id: 'b/ü', address: '[fd00::1]:7946' });
      expect(await lease.keep(ask())).toBe(true);
      await lease.release(ask());
      expect(await source.lookup('a', ask())).toBeUndefined();
      await lease.release(ask());
    });

    test('an id that somebody else holds is refused, names the holder, and leaves no lease behind', async () => {
      const under = await create();
      const source = sourceOn(under, freshPrefix());
      const leases = async (): Promise<unknown[]> =>
        ((await post(under, '/v3/lease/leases', {})).json as { leases?: unknown[] }).leases ?? [];
      await source.register(self('a', '10.0.0.1:7946'), ask());
      const before = await leases();
      const refused = await source.register(self('a', '10.0.0.2:7946'), ask()).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(Collision);
      expect(refused).toMatchObject({ id: 'a', holder: '10.0.0.1:7946' });
      expect(await source.lookup('a', ask())).toMatchObject({ address: '10.0.0.1:7946' });
      expect((await leases()).length).toBeLessThanOrEqual(before.length);
    });

    test('of many that claim one id at once exactly one gets it', async () => {
      const under = await create();
      const prefix = freshPrefix();
      const claims = [1, 2, 3, 4, 5, 6].map((n) =>
        sourceOn(under, prefix).register(self('a', `10.0.0.${n}:7946`), ask()),
      );
      const results = await Promise.allSettled(claims);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const errors = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect(errors.every((error) => error instanceof Collision)).toBe(true);
    });

    test('registering again what is ours is success, under a lease of its own that outlives the first', async () => {
      const source = sourceOn(await create(), freshPrefix());
      const first = await source.register(self('a', '10.0.0.1:7946'), ask());
      const second = await source.register(self('a', '10.0.0.1:7946', { tags: { role: 'db' } }), ask());
      expect(await first.keep(ask())).toBe(false);
      await first.release(ask());
      expect(await second.keep(ask())).toBe(true);
      expect(await source.lookup('a', ask())).toMatchObject({ address: '10.0.0.1:7946' });
    });

    test('a lease that nobody keeps expires, and the id is free for another', async () => {
      const under = await create();
      const source = sourceOn(under, freshPrefix(), { leaseTtlSec: 2 });
      const watched = sitting(source);
      const lease = await source.register(self('a', '10.0.0.1:7946'), ask());
      await eventually(under, 'the entry', () => watched.ids.includes('a'));
      await eventually(under, 'the expiry', () => watched.ids.length === 0);
      expect(watched.last).toMatchObject({ complete: true, nobody: expect.stringContaining('no keys') });
      expect(await lease.keep(ask())).toBe(false);
      await source.register(self('a', '10.0.0.2:7946'), ask());
      await eventually(under, 'the next holder', () => watched.last?.candidates[0]?.address === '10.0.0.2:7946');
    });

    test('a lost lease is seen at the next keep, and the entry comes back under another', async () => {
      const under = await create();
      const prefix = freshPrefix();
      const source = sourceOn(under, prefix);
      const leaseOf = async (): Promise<string | undefined> => {
        const { json } = await post(under, '/v3/kv/range', { key: base64(`/${prefix}/blue/a`) });
        return (json as { kvs?: { lease: string }[] }).kvs?.[0]?.lease;
      };
      const lease = await source.register(self('a', '10.0.0.1:7946'), ask());
      const before = await leaseOf();
      expect((await post(under, '/v3/lease/revoke', { ID: before })).status).toBe(200);
      expect(await leaseOf()).toBeUndefined();
      expect(await lease.keep(ask())).toBe(false);
      const next = await source.register(self('a', '10.0.0.1:7946'), ask());
      expect(await next.keep(ask())).toBe(true);
      expect(await leaseOf()).toMatch(/^\d+$/);
      expect(await leaseOf()).not.toBe(before);
    });

    test.each(['deleted', 'written by hand'])('an entry that was %s is seen at the next keep', async (how) => {
      const under = await create();
      const prefix = freshPrefix();
      const key = `/${prefix}/blue/a`;
      const lease = await sourceOn(under, prefix).register(self('a', '10.0.0.1:7946'), ask());
      await (how === 'deleted' ? post(under, '/v3/kv/deleterange', { key: base64(key) }) : put(under, key, '{}'));
      expect(await lease.keep(ask())).toBe(false);
    });

    test('damaged entries are named and take nobody away; alone they are no answer', async () => {
      const under = await create();
      const prefix = freshPrefix();
      const source = sourceOn(under, prefix);
      const entry = { id: 'torn', address: '10.0.0.9:7946', label: 'blue', checksum: '0000000000000000' };
      await put(under, `/${prefix}/blue/torn`, JSON.stringify(entry));
      await put(under, `/${prefix}/blue/junk`, 'junk');
      await put(under, `/${prefix}/blue/other`, JSON.stringify({ id: 'x', address: '10.0.0.8:7946' }));
      await expect(source.discover(ask())).rejects.toThrow(SourceFailed);
      await expect(source.lookup('junk', ask())).rejects.toThrow(/etcdctl del/);
      await expect(source.register(self('junk', '10.0.0.1:7946'), ask())).rejects.toThrow(/damaged/);
      await source.register(self('a', '10.0.0.1:7946'), ask());
      const { candidates, complete, warnings } = await source.discover(ask());
      expect(candidates).toEqual([{ id: 'a', address: '10.0.0.1:7946' }]);
      expect(complete).toBe(false);
      expect(warnings).toHaveLength(3);
      expect(warnings.join('; ')).toMatch(/it is no peer; .*is about "x"; .*checksum is wrong/);
    });

    test('labels keep clusters apart, also those with a slash, and entries with another label', async () => {
      const under = await create();
      const prefix = freshPrefix();
      const [blue, green, slash] = ['blue', 'green', 'blue/x'].map((label) => sourceOn(under, prefix, { label }));
      await green!.register(self('g', '10.0.0.1:7946', { label: 'green' }), ask());
      await slash!.register(self('s', '10.0.0.2:7946', { label: 'blue/x' }), ask());
      expect((await blue!.discover(ask())).candidates).toEqual([]);
      expect((await slash!.discover(ask())).candidates).toEqual([{ id: 's', address: '10.0.0.2:7946' }]);
      await put(under, `/${prefix}/blue/z`, JSON.stringify({ id: 'z', address: '10.0.0.3:7946', label: 'red' }));
      expect(await blue!.discover(ask())).toMatchObject({
        candidates: [],
        nobody: expect.stringContaining('another label'),
        warnings: [expect.stringContaining('another label')],
      });
    });

    test('a list of several pages is whole, and of one revision', async () => {
      const under = await create();
      const prefix = freshPrefix();
      const count = 1_100;
      const ids = Array.from({ length: count }, (_, n) => `n${String(n).padStart(4, '0')}`);
      for (let from = 0; from < count; from += 100) {
        const success = ids.slice(from, from + 100).map((id) => {
          const value = base64(JSON.stringify({ id, address: '10.0.0.1:7946' }));
          return { request_put: { key: base64(`/${prefix}/blue/${id}`), value } };
        });
        expect((await post(under, '/v3/kv/txn', { success })).status).toBe(200);
      }
      const { candidates, complete } = await sourceOn(under, prefix).discover(ask());
      expect(candidates.map(({ id }) => id)).toEqual(ids);
      expect(complete).toBe(true);
    });

    test('a watch tells all at first, then every change, and survives a compaction', async () => {
      const under = await create();
      const source = sourceOn(under, freshPrefix());
      const a = await source.register(self('a', '10.0.0.1:7946'), ask());
      const watched = sitting(source);
      await eventually(under, 'the first list', () => watched.ids.join() === 'a');
      await source.register(self('b', '10.0.0.2:7946'), ask());
      await eventually(under, 'b', () => watched.ids.join() === 'a,b');
      await compactAll(under);
      await a.release(ask());
      await eventually(under, 'the end of a', () => watched.ids.join() === 'b');
      await source.register(self('a', '10.0.0.3:7946'), ask());
      await eventually(under, 'a again', () => watched.ids.join() === 'b,a');
      expect(watched.end).toBeUndefined();
      watched.stop();
      await eventually(under, 'the end of the sitting', () => watched.end === 'in order');
    });

    test('a watch that begins in the forgotten past is cancelled with the revision', async () => {
      const under = await create();
      await put(under, '/past', '1');
      await compactAll(under);
      await compactAll(under);
      const lines = await firstLines(under, { key: base64('/past'), start_revision: '1' }, 2);
      const [created, canceled] = lines.map(anonymous);
      expect(created).toEqual({ result: { header: 'HEADER', created: true } });
      expect(canceled).toEqual({
        result: {
          header: { cluster_id: expect.any(String), member_id: expect.any(String), raft_term: expect.any(String) },
          canceled: true,
          compact_revision: expect.stringMatching(/^[1-9]\d*$/),
        },
      });
    });

    test('a watch tells puts with everything, and deletions with the key alone', async () => {
      const under = await create();
      const prefix = freshPrefix();
      const key = base64(`/${prefix}/x`);
      const { json } = await put(under, `/${prefix}/x`, '1');
      const from = (json as { header: { revision: string } }).header.revision;
      await put(under, `/${prefix}/x`, '');
      await post(under, '/v3/kv/deleterange', { key });
      await put(under, `/${prefix}/x`, '3');
      const header = 'HEADER';
      const revisions = { create_revision: 'N', mod_revision: 'N', version: 'N' };
      const range = { key: base64(`/${prefix}/`), range_end: base64(`/${prefix}0`) };
      const lines = await firstLines(under, { ...range, start_revision: from }, 2);
      expect(lines.map(anonymous)).toEqual([
        { result: { header, created: true } },
        {
          result: {
            header,
            events: [
              { kv: { key, ...revisions, value: base64('1') } },
              { kv: { key, ...revisions } },
              { type: 'DELETE', kv: { key, mod_revision: 'N' } },
              { kv: { key, ...revisions, value: base64('3') } },
            ],
          },
        },
      ]);
    });

    test('a watch that is silent for too long ends in order, so that all is listed anew', async () => {
      const under = await create();
      const watched = sitting(sourceOn(under, freshPrefix(), { refreshIntervalMs: 300 }));
      await eventually(under, 'the end of the sitting', () => watched.end !== undefined);
      expect(watched).toMatchObject({ end: 'in order', told: 1 });
    });

    test('nobody listens there: that is a failure, never an empty list, and the next endpoint is asked', async () => {
      const under = await create();
      const dead = under.endpoints[0]!.replace(/\d+$/, '1');
      const prefix = freshPrefix();
      await expect(sourceOn(under, prefix, { endpoints: [dead] }).discover(ask(2_000))).rejects.toThrow(SourceFailed);
      const source = sourceOn(under, prefix, { endpoints: [dead, ...under.endpoints] });
      await source.register(self('a', '10.0.0.1:7946'), ask());
      expect((await source.discover(ask())).candidates).toHaveLength(1);
    });
  });
}
