import { describe, expect, onTestFinished, test } from 'vitest';
import { SourceFailed } from '../../core/discovery/source.ts';
import { freshPrefix } from './etcd.contract.ts';
import { ask, base64, eventually, gateway, self, Sitting, sourceOn, type EtcdUnderTest } from './etcd-sources.ts';

/** Three members that a test has in its hand. */
export interface EtcdClusterUnderTest extends EtcdUnderTest {
  /** As `kill -9`. */
  kill(member: number): Promise<void>;
  /** Again, with the data that it had. */
  start(member: number): Promise<void>;
  /** As `kill -STOP`. */
  freeze(member: number): Promise<void>;
  thaw(member: number): Promise<void>;
}

const HAS_LEADER = { 'grpc-metadata-hasleader': 'true' };
const NO_LEADER = { error: 'etcdserver: no leader', message: 'etcdserver: no leader', code: 14 };
const NO_LEADER_IN_STREAM = {
  error: { grpc_code: 14, http_code: 503, message: 'etcdserver: no leader', http_status: 'Service Unavailable' },
};

/** What our source does while members of the cluster die and hang. Each test leaves three healthy members behind. */
export function etcdClusterContract(name: string, create: () => Promise<EtcdClusterUnderTest>): void {
  describe(`the etcd source and ${name}`, { timeout: 30_000 }, () => {
    let under: EtcdClusterUnderTest;
    const indices = [0, 1, 2];

    const status = async (member: number): Promise<{ id: string; leader: string | undefined } | undefined> => {
      try {
        const { json } = await gateway(under, under.endpoints[member]!, '/v3/maintenance/status', {});
        const { header, leader } = json as { header: { member_id: string }; leader?: string };
        return { id: header.member_id, leader };
      } catch {
        return undefined;
      }
    };
    const leader = async (): Promise<number> => {
      const all = await Promise.all(indices.map(status));
      return all.findIndex((one) => one?.leader !== undefined && one.id === one.leader);
    };
    const healthy = async (): Promise<boolean> => {
      for (const endpoint of under.endpoints) {
        const answer = await gateway(under, endpoint, '/v3/kv/range', { key: base64('/') }, HAS_LEADER).catch(() => {});
        if (answer?.status !== 200) return false;
      }
      return true;
    };
    const whole = () => eventually(under, 'three healthy members', healthy, 15_000);
    const sitting = (source: ReturnType<typeof sourceOn>): Sitting => {
      const one = new Sitting(source);
      onTestFinished(() => one.stop());
      return one;
    };

    const ready = async (): Promise<void> => {
      under = await create();
      await whole();
    };

    test('the leader dies: another is elected, leases live on, and everything goes on through the others', async () => {
      await ready();
      const source = sourceOn(under, freshPrefix(), { leaseTtlSec: 5 });
      const lease = await source.register(self('a', '10.0.0.1:7946'), ask());
      const dead = await leader();
      expect(dead).toBeGreaterThanOrEqual(0);
      await under.kill(dead);
      await eventually(under, 'the lease to be kept', () => lease.keep(ask(3_000)).catch(() => false));
      await source.register(self('b', '10.0.0.2:7946'), ask());
      expect((await source.discover(ask())).candidates.map(({ id }) => id)).toEqual(['a', 'b']);
      await under.start(dead);
      await whole();
      expect((await source.discover(ask())).candidates).toHaveLength(2);
    });

    test('a watch at a member that dies ends, and the next sitting misses nothing', async () => {
      await ready();
      const prefix = freshPrefix();
      const [first, second, third] = under.endpoints;
      const follower = sourceOn(under, prefix, { endpoints: [first!, second!, third!] });
      const watched = sitting(follower);
      await eventually(under, 'the first list', () => watched.told === 1);
      await under.kill(0);
      await eventually(under, 'the end of the sitting', () => watched.end !== undefined);
      const other = sourceOn(under, prefix, { endpoints: [second!, third!] });
      await eventually(under, 'an entry while it was gone', async () => {
        return other.register(self('a', '10.0.0.1:7946'), ask(3_000)).then(
          () => true,
          () => false,
        );
      });
      const next = sitting(follower);
      await eventually(under, 'what was missed', () => next.ids.join() === 'a');
      await under.start(0);
      await whole();
    });

    test('a member that hangs costs its share of the time, once', async () => {
      await ready();
      const source = sourceOn(under, freshPrefix());
      await source.register(self('a', '10.0.0.1:7946'), ask());
      // The one that is asked first.
      await under.freeze(0);
      onTestFinished(() => under.thaw(0));
      const began = under.clock.now();
      const waited = async (): Promise<number> => {
        await eventually(under, 'an answer', async () => {
          return source.discover(ask(3_000)).then(
            ({ candidates }) => candidates.length === 1,
            () => false,
          );
        });
        return (under.clock.now() - began) / 1_000;
      };
      expect(await waited()).toBeGreaterThan(900);
      const before = under.clock.now();
      await source.discover(ask(3_000));
      expect((under.clock.now() - before) / 1_000).toBeLessThan(900);
      await under.thaw(0);
      await whole();
    });

    test('without a quorum every question is a failure in a moment; serializable lists go on', async () => {
      await ready();
      const prefix = freshPrefix();
      const source = sourceOn(under, prefix);
      const lease = await source.register(self('a', '10.0.0.1:7946'), ask());
      const watched = sitting(source);
      await eventually(under, 'the first list', () => watched.told === 1);
      const key = { key: base64('/x') };
      const alive = under.endpoints[0]!;
      await eventually(under, 'the entry on the member that is left', async () => {
        const range = { key: base64(`/${prefix}/blue/a`), serializable: true };
        return 'kvs' in ((await gateway(under, alive, '/v3/kv/range', range)).json as object);
      });

      await Promise.all([under.kill(1), under.kill(2)]);
      await eventually(under, 'the leader to be missed', async () => {
        // One that needs no majority: others would wait for seconds, and so would all that are asked after them.
        const local = { ...key, serializable: true };
        return (await gateway(under, alive, '/v3/kv/range', local, HAS_LEADER)).status === 503;
      });
      const bare = (path: string, body: object, headers = {}) => gateway(under, alive, path, body, headers);
      for (const path of ['/v3/kv/range', '/v3/kv/put', '/v3/lease/grant', '/v3/kv/txn']) {
        expect(await bare(path, key, HAS_LEADER)).toEqual({ status: 503, json: NO_LEADER });
      }
      const inStream = { status: 503, json: NO_LEADER_IN_STREAM };
      expect(await bare('/v3/lease/keepalive', { ID: '1' }, HAS_LEADER)).toEqual(inStream);
      expect(await bare('/v3/watch', { create_request: key }, HAS_LEADER)).toEqual(inStream);
      // Without that header etcd waits, and then says it in three other ways.
      const [range, write, keep, left] = await Promise.all([
        bare('/v3/kv/range', key),
        bare('/v3/kv/put', { ...key, value: base64('1') }),
        bare('/v3/lease/keepalive', { ID: '1' }),
        bare('/v3/kv/range', { ...key, serializable: true }),
      ]);
      const late = 'etcdserver: request timed out';
      expect(range).toEqual({ status: 503, json: { error: late, message: late, code: 14 } });
      const cut = 'context deadline exceeded';
      expect(write).toEqual({ status: 500, json: { error: cut, message: cut, code: 2 } });
      expect(keep).toEqual(inStream);
      expect(left.status).toBe(200);

      await eventually(under, 'the end of the sitting', () => watched.end !== undefined);
      expect(watched.end).toBeInstanceOf(Error);
      const began = under.clock.now();
      await expect(source.discover(ask())).rejects.toThrow(SourceFailed);
      await expect(lease.keep(ask())).rejects.toThrow(SourceFailed);
      await expect(source.lookup('a', ask())).rejects.toThrow(/quorum/);
      expect((under.clock.now() - began) / 1_000).toBeLessThan(3_000);

      await Promise.all([under.start(1), under.start(2)]);
      await whole();
      expect((await source.discover(ask())).candidates).toHaveLength(1);
      expect(await lease.keep(ask())).toBe(true);
    });
  });
}
