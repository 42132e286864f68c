import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SourceFailed } from '../../core/discovery/source.ts';
import { anonymous } from '../contract/etcd-exchanges.ts';
import { etcdInWorld } from '../contract/etcd-places.ts';
import { ask, base64, eventually, firstLines, gateway, self, Sitting, sourceOn } from '../contract/etcd-sources.ts';
import type { FullSource } from '../contract/etcd-sources.ts';

const members = ['e1', 'e2', 'e3'];
const HAS_LEADER = { 'grpc-metadata-hasleader': 'true' };

function sitting(source: FullSource): Sitting {
  const one = new Sitting(source);
  onTestFinished(() => one.stop());
  return one;
}

describe('the etcd source, when its cluster is in trouble', () => {
  test('a full disk refuses new leases and entries, in words that help; reading goes on', async () => {
    const under = await etcdInWorld();
    const [fake] = under.fakes;
    const source = sourceOn(under, 'p');
    const lease = await source.register(self('a', '10.0.0.1:7946'), ask());
    fake!.suffer('etcd-nospace');
    await expect(source.register(self('b', '10.0.0.2:7946'), ask())).rejects.toThrow(/NOSPACE alarm/);
    expect((await source.discover(ask())).candidates).toHaveLength(1);
    expect(await lease.keep(ask())).toBe(true);
    const full = 'etcdserver: mvcc: database space exceeded';
    const put = await gateway(under, under.endpoints[0]!, '/v3/kv/put', { key: base64('/x') });
    expect(put).toEqual({ status: 429, json: { error: full, message: full, code: 8 } });
    await lease.release(ask());
    fake!.recover('etcd-nospace');
    await source.register(self('b', '10.0.0.2:7946'), ask());
    expect(fake!.struck).toContain('etcd-nospace');
  });

  test('a stream that is open and says nothing is given up, and what it kept is found', async () => {
    const under = await etcdInWorld();
    const [fake] = under.fakes;
    const source = sourceOn(under, 'p', { refreshIntervalMs: 5_000 });
    const watched = sitting(source);
    await eventually(under, 'the first list', () => watched.told === 1);
    fake!.suffer('etcd-watch-stuck');
    await source.register(self('a', '10.0.0.1:7946'), ask());
    await under.pause(1_000);
    expect(watched).toMatchObject({ told: 1, end: undefined });
    expect(fake!.struck).toContain('etcd-watch-stuck');
    await eventually(under, 'the end of the sitting', () => watched.end !== undefined);
    expect(watched.end).toBe('in order');
    const next = sitting(source);
    await eventually(under, 'the entry', () => next.ids.join() === 'a');
  });

  test('as long as etcd says how far it is, silence is no reason to list again', async () => {
    const under = await etcdInWorld({ progressMs: 2_000 });
    const lines = await firstLines(under, { key: base64('/x'), progress_notify: true }, 2);
    expect(lines.map(anonymous)).toEqual([
      { result: { header: 'HEADER', created: true } },
      { result: { header: 'HEADER' } },
    ]);
    const watched = sitting(sourceOn(under, 'p', { refreshIntervalMs: 5_000 }));
    await under.pause(20_000);
    expect(watched).toMatchObject({ told: 1, end: undefined });
  });

  test('a stream that breaks off is a failure of the sitting', async () => {
    const under = await etcdInWorld();
    const watched = sitting(sourceOn(under, 'p'));
    await eventually(under, 'the first list', () => watched.told === 1);
    under.fakes[0]!.suffer('etcd-watch-cut');
    await eventually(under, 'the end of the sitting', () => watched.end !== undefined);
    expect(watched.end).toBeInstanceOf(SourceFailed);
  });

  test('a watch that begins behind a compaction ends in order, so that all is listed anew', async () => {
    const under = await etcdInWorld({ members });
    const source = sourceOn(under, 'p', { serializable: true });
    await eventually(under, 'a leader', async () => (await status(under, 0)) === 200);
    // The list comes from a member that lags; what follows it is forgotten before the watch begins.
    under.fakes[0]!.suffer('etcd-lag');
    const register = sourceOn(under, 'p', { endpoints: under.endpoints.slice(1) });
    for (const id of ['a', 'b', 'c']) await register.register(self(id, '10.0.0.1:7946'), ask());
    under.fakes[1]!.suffer('etcd-compact');
    const watched = sitting(source);
    await eventually(under, 'the list of the past', () => watched.told === 1);
    expect(watched.ids).toEqual([]);
    under.fakes[0]!.recover('etcd-lag');
    await eventually(under, 'the end of the sitting', () => watched.end !== undefined);
    expect(watched).toMatchObject({ told: 1, end: 'in order' });
    const next = sitting(source);
    await eventually(under, 'everybody', () => next.ids.join() === 'a,b,c');
  });

  test('a member that lags is believed only by those who asked for lists of one member', async () => {
    const under = await etcdInWorld({ members });
    await eventually(under, 'a leader', async () => (await status(under, 0)) === 200);
    const [first, second] = under.endpoints;
    const writer = sourceOn(under, 'p', { endpoints: [second!] });
    under.fakes[0]!.suffer('etcd-lag');
    await writer.register(self('a', '10.0.0.1:7946'), ask());
    const local = sourceOn(under, 'p', { endpoints: [first!], serializable: true });
    expect((await local.discover(ask())).candidates).toEqual([]);
    const both = sourceOn(under, 'p', { endpoints: [first!, second!] });
    expect((await both.discover(ask(4_000))).candidates).toHaveLength(1);
    expect(under.fakes[0]!.struck).toContain('etcd-lag');
  });

  test('the past is not believed again, until it is sure that a backup has been restored', async () => {
    const under = await etcdInWorld({ members });
    await eventually(under, 'a leader', async () => (await status(under, 0)) === 200);
    const [first, second] = under.endpoints;
    const source = sourceOn(under, 'p', { endpoints: [second!, first!], serializable: true });
    const writer = sourceOn(under, 'p', { endpoints: [second!] });
    under.fakes[0]!.suffer('etcd-lag');
    await writer.register(self('a', '10.0.0.1:7946'), ask());
    expect((await source.discover(ask())).candidates).toHaveLength(1);
    under.fakes[1]!.kill();
    await expect(source.discover(ask(2_000))).rejects.toThrow(/but \d+ has been seen/);
    await under.pause(31_000);
    expect((await source.discover(ask(2_000))).candidates).toEqual([]);
  });

  test('a cluster that was restored from a backup is another cluster: what it says counts at once', async () => {
    const under = await etcdInWorld();
    const source = sourceOn(under, 'p');
    await source.register(self('a', '10.0.0.1:7946'), ask());
    const lost = await source.register(self('b', '10.0.0.2:7946'), ask());
    expect((await source.discover(ask())).candidates).toHaveLength(2);
    under.fakes[0]!.suffer('etcd-restore', { revisions: 1 });
    expect((await source.discover(ask())).candidates.map(({ id }) => id)).toEqual(['a']);
    expect(await lost.keep(ask())).toBe(false);
    await source.register(self('b', '10.0.0.2:7946'), ask());
    expect((await source.discover(ask())).candidates).toHaveLength(2);
  });

  test('leases that etcd loses are entered anew, only those that are meant', async () => {
    const under = await etcdInWorld();
    const source = sourceOn(under, 'p');
    const a = await source.register(self('a', '10.0.0.1:7946'), ask());
    const b = await source.register(self('b', '10.0.0.2:7946'), ask());
    under.fakes[0]!.suffer('etcd-lease-lost', { holding: '/a' });
    expect(await a.keep(ask())).toBe(false);
    expect(await b.keep(ask())).toBe(true);
  });

  test('a new leader gives every lease its whole time again', async () => {
    const under = await etcdInWorld({ members });
    await eventually(under, 'a leader', async () => (await status(under, 0)) === 200);
    const source = sourceOn(under, 'p', { leaseTtlSec: 6 });
    await source.register(self('a', '10.0.0.1:7946'), ask());
    await under.pause(5_000);
    const leader = under.fakes.findIndex(({ name }) => name === under.fakes[0]!.inspect.leader);
    under.fakes[leader]!.kill();
    await under.pause(5_000);
    expect((await source.discover(ask())).candidates).toHaveLength(1);
    await under.pause(4_000);
    expect((await source.discover(ask())).candidates).toHaveLength(0);
  });

  test('while nobody leads every question fails at once, and works again with a leader', async () => {
    const under = await etcdInWorld({ members });
    await eventually(under, 'a leader', async () => (await status(under, 0)) === 200);
    const source = sourceOn(under, 'p');
    const lease = await source.register(self('a', '10.0.0.1:7946'), ask());
    for (const fake of under.fakes) fake.suffer('etcd-no-leader');
    await expect(source.discover(ask(500))).rejects.toThrow(SourceFailed);
    await expect(lease.keep(ask(500))).rejects.toThrow(/has lost its quorum/);
    for (const fake of under.fakes) fake.recover('etcd-no-leader');
    await eventually(under, 'the lease to be kept', () => lease.keep(ask(1_000)).catch(() => false));
    expect(under.fakes[0]!.struck).toContain('etcd-no-leader');
  });

  test('whatever is asked, the fake answers and goes on', async () => {
    const under = await etcdInWorld();
    const { handler } = under.fakes[0]!;
    const paths = ['kv/range', 'kv/put', 'kv/txn', 'kv/deleterange', 'kv/compaction', 'lease/grant', 'lease/keepalive'];
    const more = ['lease/revoke', 'lease/timetolive', 'watch', 'auth/authenticate', 'constructor', '__proto__', ''];
    const field = fc.constantFrom('key', 'range_end', 'lease', 'TTL', 'ID', 'compare', 'success', 'create_request');
    const body = fc.oneof(fc.dictionary(field, fc.jsonValue(), { noNullPrototype: true }), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths, ...more), body, async (path, value) => {
        const { signal } = new AbortController();
        const peer = { address: '10.0.0.9', certified: false };
        const bytes = new TextEncoder().encode(JSON.stringify(value));
        const request = { method: 'POST', url: `/v3/${path}`, headers: {}, body: bytes, peer, signal };
        expect((await handler(request)).status).toBeLessThan(500);
      }),
      { numRuns: 300, seed: 5 },
    );
    const source = sourceOn(under, 'p');
    await source.register(self('a', '10.0.0.1:7946'), ask());
    expect((await source.discover(ask())).candidates).toHaveLength(1);
  });

  test('the page on etcd tells every effect that the fake knows', async () => {
    const { fakes } = await etcdInWorld();
    const page = readFileSync(new URL('../../docs/discovery/etcd.md', import.meta.url), 'utf8');
    const told = [...page.matchAll(/^\| `(etcd-[a-z-]+)`/gm)].map(([, effect]) => effect);
    expect(told.toSorted()).toEqual([...fakes[0]!.effects].toSorted());
  });
});

async function status(under: Awaited<ReturnType<typeof etcdInWorld>>, member: number): Promise<number> {
  return (await gateway(under, under.endpoints[member]!, '/v3/kv/range', { key: base64('/') }, HAS_LEADER)).status;
}
