import { describe, expect, test } from 'vitest';
import type { ConsulConfig } from '../../core/discovery/consul/consul-config.ts';
import type { Lease, Self, Source } from '../../core/discovery/source.ts';
import type { HttpClient } from '../../core/ports/http.ts';
import type { ConsulStateOptions } from '../../simulator/services/consul/state.ts';
import { followed, names, sourceAt, type Around, type ConsulPlace } from './consul-place.ts';

const ask = { deadlineMs: 5_000, signal: new AbortController().signal };
const self = (id: string, address: string, label = ''): Self => ({
  id,
  address,
  label,
  tags: {},
  admin: '127.0.0.1:50051',
});
const enter = (source: Source, id: string, address: string, label = ''): Promise<Lease> =>
  source.register!(self(id, address, label), ask);

/** What our client and a Consul do together. */
export function consulContract(name: string, create: (options?: ConsulStateOptions) => Promise<ConsulPlace>): void {
  /** Asks until it holds: what an agent hears takes a moment to reach the servers. */
  const until = async ({ pause }: ConsulPlace, holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 200; tries++) {
      if (await Promise.resolve(holds()).catch(() => false)) return;
      await pause(20);
    }
    expect(await holds()).toBe(true);
  };
  const sees = async (place: ConsulPlace, source: Source, expected: readonly string[]): Promise<void> => {
    let seen: string[] = [];
    await until(place, async () => {
      seen = names(await source.discover(ask));
      return seen.join() === expected.join();
    }).catch(() => expect(seen).toEqual(expected));
  };
  const put = async (
    { http, at }: ConsulPlace,
    agent: 's1' | 'a1',
    path: string,
    body: unknown = {},
  ): Promise<number> => {
    const call = { method: 'PUT', url: `http://${at[agent]}${path}`, body: JSON.stringify(body), deadlineMs: 5_000 };
    return (await http.call(call)).status;
  };

  describe(`${name}: a Consul and our client`, () => {
    test('who registers is found with id and address, can be looked up, and is gone after its release', async () => {
      const place = await create();
      const source = sourceAt(place);
      await expect(source.discover(ask)).resolves.toMatchObject({
        candidates: [],
        complete: true,
        nobody: 'no instance of rollcall passes its checks',
      });
      const lease = await enter(source, 'n1', '10.1.0.1:7946');
      const other = sourceAt(place, {}, { agent: 'a1' });
      await enter(other, 'n2', '[fd00::2]:7946');
      await sees(place, source, ['n2 [fd00::2]:7946', 'n1 10.1.0.1:7946']);
      expect(await other.lookup!('n1', ask)).toMatchObject({ id: 'n1', address: '10.1.0.1:7946' });
      expect(await other.lookup!('n3', ask)).toBeUndefined();
      await lease.release(ask);
      await sees(place, other, ['n2 [fd00::2]:7946']);
      await lease.release(ask);
    });

    test('a follower hears everything at once, then each change', async () => {
      const place = await create();
      const source = sourceAt(place);
      await enter(source, 'n1', '10.1.0.1:7946');
      await sees(place, source, ['n1 10.1.0.1:7946']);
      const follower = followed(sourceAt(place, {}, { agent: 'a1' }));
      const last = (): string => names(follower.heard.at(-1) ?? ({ candidates: [] } as never)).join();
      await until(place, () => last() === 'n1 10.1.0.1:7946');
      const lease = await enter(source, 'n2', '10.1.0.2:7946');
      await until(place, () => last() === 'n1 10.1.0.1:7946,n2 10.1.0.2:7946');
      await lease.release(ask);
      await until(place, () => last() === 'n1 10.1.0.1:7946');
      follower.stop();
      await follower.end;
    });

    test.each(['default', 'stale', 'consistent', 'cached'] as const)(
      '%s: the same answer while all is well',
      async (consistency) => {
        const place = await create();
        const source = sourceAt(place, { consistency }, { agent: 'a1' });
        await enter(source, 'n1', '10.1.0.1:7946');
        await sees(place, source, ['n1 10.1.0.1:7946']);
        expect(await source.discover(ask)).toMatchObject({ complete: true, warnings: [] });
      },
    );

    test('whose check fails is found by those alone who ask for the unhealthy too', async () => {
      const place = await create();
      await enter(sourceAt(place), 'n1', '10.1.0.1:7946');
      await sees(place, sourceAt(place), ['n1 10.1.0.1:7946']);
      expect(await put(place, 's1', '/v1/agent/check/fail/service:n1')).toBe(200);
      await sees(place, sourceAt(place), []);
      for (const config of [{ passing: false }, { query: 'catalog' }] satisfies Partial<ConsulConfig>[]) {
        await sees(place, sourceAt(place, config), ['n1 10.1.0.1:7946']);
      }
    });

    test('an entry lives as long as it is kept', async () => {
      const place = await create();
      const source = sourceAt(place, { checkTtlMs: 900 });
      const lease = await enter(source, 'n1', '10.1.0.1:7946');
      expect(lease.keepEveryMs).toBe(300);
      await sees(place, source, ['n1 10.1.0.1:7946']);
      for (let kept = 0; kept < 4; kept++) {
        await place.pause(lease.keepEveryMs);
        expect(await lease.keep(ask)).toBe(true);
        expect(names(await source.discover(ask))).toEqual(['n1 10.1.0.1:7946']);
      }
      await sees(place, source, []);
      expect(await lease.keep(ask)).toBe(true);
      await sees(place, source, ['n1 10.1.0.1:7946']);
    });

    test('an agent that has forgotten the entry says so, and takes it again', async () => {
      const place = await create();
      const source = sourceAt(place);
      const lease = await enter(source, 'n1', '10.1.0.1:7946');
      place.services.get('s1')!.struck!('consul-agent-forgets', undefined);
      expect(await lease.keep(ask)).toBe(false);
      await sees(place, source, []);
      await enter(source, 'n1', '10.1.0.1:7946');
      await sees(place, source, ['n1 10.1.0.1:7946']);
    });

    test('an id is not taken from somebody who is there, on this agent or on another', async () => {
      const place = await create();
      const source = sourceAt(place);
      await enter(source, 'n1', '10.1.0.1:7946');
      await enter(source, 'n1', '10.1.0.1:7946');
      await sees(place, source, ['n1 10.1.0.1:7946']);
      for (const agent of ['s1', 'a1'] as const) {
        const attempt = enter(sourceAt(place, {}, { agent }), 'n1', '10.1.0.7:7946');
        await expect(attempt).rejects.toMatchObject({ code: 'ID_COLLISION', holder: '10.1.0.1:7946' });
      }
      // Agents know nothing of clusters: what another one has entered there is not replaced either.
      const stranger = enter(sourceAt(place, {}, { label: 'blue' }), 'n1', '10.1.0.7:7946', 'blue');
      await expect(stranger).rejects.toMatchObject({ code: 'ID_COLLISION' });
      await put(place, 's1', '/v1/agent/check/fail/service:n1');
      await sees(place, source, []);
      await enter(source, 'n1', '10.1.0.7:7946');
      await sees(place, source, ['n1 10.1.0.7:7946']);
    });

    test('what somebody else has entered in our place is not ours to keep, nor to take back', async () => {
      const place = await create();
      const source = sourceAt(place);
      const lease = await enter(source, 'n1', '10.1.0.1:7946');
      await put(place, 's1', '/v1/agent/service/register', {
        Name: 'rollcall',
        ID: 'n1',
        Address: '10.1.0.7',
        Port: 7946,
        Check: { TTL: '10s', Status: 'passing' },
      });
      expect(await lease.keep(ask)).toBe(false);
      await lease.release(ask);
      await sees(place, source, ['? 10.1.0.7:7946']);
    });

    test('clusters with different labels do not see each other; entries of others count for all', async () => {
      const place = await create();
      const [blue, green] = ['blue', 'green'].map((label) => sourceAt(place, {}, { label }));
      await enter(blue!, 'b', '10.1.0.1:7946', 'blue');
      await sees(place, blue!, ['b 10.1.0.1:7946']);
      const found = await green!.discover(ask);
      expect(found).toMatchObject({ candidates: [], nobody: expect.stringContaining('another label') });
      expect(await green!.lookup!('b', ask)).toBeUndefined();
      await put(place, 's1', '/v1/agent/service/register', { Name: 'rollcall', ID: 'x', Address: '10.1.0.9', Port: 1 });
      await sees(place, green!, ['? 10.1.0.9:1']);
    });

    test('a tag is registered and asked for; another datacenter is none of ours', async () => {
      const place = await create();
      await enter(sourceAt(place, { tag: 'db' }), 'n1', '10.1.0.1:7946');
      await enter(sourceAt(place, { tag: 'web' }), 'n2', '10.1.0.2:7946');
      await sees(place, sourceAt(place, { tag: 'db' }), ['n1 10.1.0.1:7946']);
      await sees(place, sourceAt(place), ['n1 10.1.0.1:7946', 'n2 10.1.0.2:7946']);
      await expect(sourceAt(place, { dc: 'mars' }).discover(ask)).rejects.toThrow(/No path to datacenter/);
    });

    test('entries that cannot be used are left out with a warning, and are no empty list', async () => {
      const place = await create();
      const good = { ID: 'good', Address: '', Port: 7946 };
      const bad = [
        { ID: 'no-port', Address: '10.1.0.2' },
        { ID: 'wildcard', Address: '0.0.0.0', Port: 7946 },
        { ID: 'nonsense', Address: 'a b', Port: 7946 },
        {
          ID: 'damaged',
          Address: '10.1.0.3',
          Port: 7946,
          Meta: { rollcall_id: 'n3', rollcall_checksum: '0'.repeat(16) },
        },
      ];
      for (const body of bad) await put(place, 's1', '/v1/agent/service/register', { Name: 'rollcall', ...body });
      await until(place, async () => (await catalogSize(place)) === 4);
      await expect(sourceAt(place).discover(ask)).rejects.toThrow(
        /"no-port" on node "s1"\) is left out: its port is 0/,
      );
      await put(place, 's1', '/v1/agent/service/register', { Name: 'rollcall', ...good });
      await until(place, async () => (await catalogSize(place)) === 5);
      const found = await sourceAt(place).discover(ask);
      const home = place.state.members.get('s1')!.address;
      expect(names(found)).toEqual([`? ${home}:7946`]);
      expect(found.warnings).toHaveLength(4);
    });

    test('two nodes of one id that registered at the same moment are both named, and that is said', async () => {
      const place = await create();
      const source = sourceAt(place);
      await Promise.all([
        enter(source, 'n1', '10.1.0.1:7946'),
        enter(sourceAt(place, {}, { agent: 'a1' }), 'n1', '10.1.0.2:7946'),
      ]);
      await sees(place, source, ['n1 10.1.0.2:7946', 'n1 10.1.0.1:7946']);
      expect((await source.discover(ask)).warnings).toEqual(['the id "n1" is entered by a1 and by s1']);
    });

    test('host names are resolved, and what cannot be resolved makes the answer incomplete', async () => {
      const place = await create();
      const answer = { records: ['10.1.0.8', 'fd00::8'], lifetimeMs: 1_000, complete: true };
      const resolver = {
        addresses: async (host: string) => (host === 'db.test' ? answer : Promise.reject(new Error('SERVFAIL'))),
      } as never;
      const entry = { Name: 'rollcall', Port: 7946 };
      await put(place, 's1', '/v1/agent/service/register', { ...entry, ID: 'x', Address: 'db.test' });
      await sees(place, sourceAt(place, {}, { resolver }), ['? 10.1.0.8:7946', '? [fd00::8]:7946']);
      await put(place, 's1', '/v1/agent/service/register', { ...entry, ID: 'y', Address: 'gone.test' });
      await until(place, async () => (await catalogSize(place)) === 2);
      const found = await sourceAt(place, {}, { resolver }).discover(ask);
      expect(found).toMatchObject({ complete: false, warnings: ['SERVFAIL'] });
    });

    test('without a leader there is no answer, or one that takes nobody away', async () => {
      const place = await create();
      await enter(sourceAt(place), 'n1', '10.1.0.1:7946');
      const cached = sourceAt(place, { consistency: 'cached', maxStaleMs: 0 });
      await sees(place, cached, ['n1 10.1.0.1:7946']);
      place.suffered.add('consul-no-leader');
      await expect(sourceAt(place).discover(ask)).rejects.toThrow(/status 500: No cluster leader/);
      const found = await sourceAt(place, { consistency: 'stale' }).discover(ask);
      expect(names(found)).toEqual(['n1 10.1.0.1:7946']);
      expect(found).toMatchObject({ complete: false, warnings: [expect.stringContaining('knows no leader')] });
      const nobody = sourceAt(place, { consistency: 'stale', serviceName: 'else' }).discover(ask);
      await expect(nobody).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
      await place.pause(1_100);
      expect(await cached.discover(ask)).toMatchObject({
        complete: false,
        warnings: [expect.stringContaining('cache')],
      });
      const follower = followed(sourceAt(place));
      await expect(follower.end).rejects.toThrow(/No cluster leader/);
    });

    test('a token is shown, read anew from its file, and told to nobody', async () => {
      const place = await create({ tokens: { 'w-secret': 'write', 'r-secret': 'read' } });
      const files = new Map([['/token', 'w-secret\n']]);
      const around: Around = { files };
      const source = sourceAt(place, { tokenFile: '/token' }, around);
      await enter(source, 'n1', '10.1.0.1:7946');
      await sees(place, source, ['n1 10.1.0.1:7946']);
      files.set('/token', 'r-secret');
      expect(names(await source.discover(ask))).toEqual(['n1 10.1.0.1:7946']);
      const refused = await enter(source, 'n2', '10.1.0.2:7946').catch((error: Error) => error);
      expect((refused as Error).message).toMatch(/403: Permission denied/);
      files.set('/token', 'x-secret');
      await expect(source.discover(ask)).rejects.toThrow(/403: ACL not found$/);
      // Who may not read gets an empty list: that is no word on who is there.
      const anonymous = sourceAt(place).discover(ask);
      await expect(anonymous).rejects.toThrow(/give it service:read and node:read/);
      const environment = { CONSUL_HTTP_TOKEN: 'w-secret', CONSUL_HTTP_ADDR: `http://${place.at.s1}` };
      await sees(place, sourceAt(place, {}, { environment }), ['n1 10.1.0.1:7946']);
      place.suffered.add('consul-acl');
      const revoked = await sourceAt(place, { token: 'w-secret' })
        .discover(ask)
        .catch((error: Error) => error.message);
      expect(revoked).toMatch(/ACL not found/);
      expect(revoked).not.toContain('secret');
    });

    test('an index of 0 neither makes the loop hot nor hides a change', async () => {
      const place = await create();
      place.suffered.add('consul-index-zero');
      const { http, asked } = counting(place.http);
      const follower = followed(sourceAt(place, {}, { http }));
      await place.pause(2_000);
      expect(asked()).toBeGreaterThan(10);
      expect(asked()).toBeLessThanOrEqual(16);
      await enter(sourceAt(place), 'n1', '10.1.0.1:7946');
      await until(place, () => names(follower.heard.at(-1)!).join() === 'n1 10.1.0.1:7946');
      // The same answer again is no change.
      expect(follower.heard).toHaveLength(2);
    });

    test('a snapshot that is restored is heard of, although its index is lower; indexes above 2^53 count', async () => {
      const place = await create({ firstIndex: 2n ** 63n });
      const source = sourceAt(place);
      await enter(source, 'n1', '10.1.0.1:7946');
      await sees(place, source, ['n1 10.1.0.1:7946']);
      const { log } = place.state;
      const follower = followed(source);
      await until(place, () => follower.heard.length === 1);
      const before = log.length;
      await enter(source, 'n2', '10.1.0.2:7946');
      await until(place, () => follower.heard.length === 2);
      // A restore wakes the queries that stand: the next one has to stand first.
      await place.pause(500);
      place.services.get('s1')!.struck!('consul-restore', log.length - before);
      await until(place, () => names(follower.heard.at(-1)!).join() === 'n1 10.1.0.1:7946');
      await enter(source, 'n3', '10.1.0.3:7946');
      await until(place, () => names(follower.heard.at(-1)!).includes('n3 10.1.0.3:7946'));
    });

    test('unrelated changes wake a query, and are not told', async () => {
      const place = await create();
      place.suffered.add('consul-index-coarse');
      const { http, asked } = counting(place.http);
      const follower = followed(sourceAt(place, {}, { http }));
      await until(place, () => follower.heard.length === 1);
      for (let i = 0; i < 5; i++) {
        const before = asked();
        place.services.get('s1')!.command!('churn', undefined);
        await until(place, () => asked() > before);
      }
      expect(follower.heard).toHaveLength(1);
    });
  });
}

async function catalogSize({ http, at }: ConsulPlace): Promise<number> {
  const { body } = await http.call({ url: `http://${at.s1}/v1/catalog/service/rollcall`, deadlineMs: 5_000 });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk.slice());
  return (JSON.parse(Buffer.concat(chunks).toString()) as unknown[]).length;
}

function counting(client: HttpClient): { readonly http: HttpClient; readonly asked: () => number } {
  let calls = 0;
  const call: HttpClient['call'] = (request) => {
    calls += 1;
    return client.call(request);
  };
  return { http: { call }, asked: () => calls };
}
