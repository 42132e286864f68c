import { describe, expect, test } from 'vitest';
import {
  registryServer,
  type RegistryServer,
  type RegistryServerOptions,
} from '../../core/discovery/registry/server.ts';
import type { HttpResponse } from '../../core/ports/http.ts';
import { silentLog } from '../../core/ports/log.ts';
import { simulatedFiles } from '../../simulator/sim-files.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { bootedHosts, type BootedHosts } from '../contract/simulated.ts';

const SECOND = 1_000_000;

/** A registry on the clock of a simulated host, asked by hand. */
class Asked {
  readonly server: RegistryServer;
  readonly #booted: BootedHosts;

  constructor(options: Partial<RegistryServerOptions> = {}, booted = bootedHosts(['registry'])) {
    this.#booted = booted;
    const { clock } = booted.hosts['registry']!;
    this.server = registryServer({ clock, crypto: nodeCrypto(), log: silentLog, ...options });
  }

  pass(seconds: number): void {
    const { world } = this.#booted;
    world.runUntil(world.now() + seconds * SECOND);
  }

  async ask(
    question: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<HttpResponse & { json: never }> {
    const [method = '', url = ''] = question.split(' ');
    const response = await this.server.handler({
      method,
      url,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: new TextEncoder().encode(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
      peer: { address: '127.0.0.1', certified: false },
      signal: new AbortController().signal,
    });
    const isJson = response.headers['content-type'] === 'application/json' && response.body !== '';
    return { ...response, json: (isJson ? JSON.parse(response.body as string) : undefined) as never };
  }
}

const a = { id: 'a', address: '10.0.0.1:7946' };

describe('the registry', () => {
  test('takes a node in, tells how to stay, and shows how its nodes are', async () => {
    const registry = new Asked();
    expect(await registry.ask('POST /register', { ...a, cluster: 'blue', tags: { role: 'db' } })).toMatchObject({
      status: 201,
      json: { id: 'a', address: '10.0.0.1:7946', ttl_sec: 30, heartbeat_sec: 10 },
    });
    expect((await registry.ask('POST /register', { ...a, cluster: 'blue' })).status).toBe(200);
    expect((await registry.ask('GET /discover/worker/a?label=blue')).json).toMatchObject(a);
    const health = async (): Promise<unknown> => {
      const { instances } = (await registry.ask('GET /api/instances?label=blue')).json as {
        instances: { health: string }[];
      };
      return instances[0]?.health;
    };
    expect(await health()).toBe('healthy');
    registry.pass(11);
    expect(await health()).toBe('warning');
    registry.pass(10);
    expect(await health()).toBe('critical');
    expect((await registry.ask('PUT /heartbeat/a?label=blue')).json).toMatchObject({ ttl_sec: 30 });
    expect(await health()).toBe('healthy');
    expect((await registry.ask('GET /api/clusters')).json).toEqual({ clusters: [{ label: 'blue', entries: 1 }] });
    expect((await registry.ask('GET /api/status')).json).toMatchObject({ entries: 1, clusters: 1, uptime_sec: 21 });
    registry.pass(30);
    expect(await health()).toBeUndefined();
    expect((await registry.ask('PUT /heartbeat/a?label=blue')).status).toBe(404);
    expect(registry.server.entries).toBe(0);
  });

  test('answers "not changed" until somebody comes or goes, whatever beats', async () => {
    const registry = new Asked();
    await registry.ask('POST /register', a);
    registry.pass(31);
    await registry.ask('POST /register', a);
    const { headers, json } = await registry.ask('GET /discover/all');
    expect(json).toMatchObject({ settled: true, entries: [a] });
    const again = async (): Promise<number> =>
      (await registry.ask('GET /discover/all', undefined, { 'if-none-match': headers['etag']! })).status;
    await registry.ask('PUT /heartbeat/a');
    await registry.ask('POST /register', a);
    expect(await again()).toBe(304);
    await registry.ask('POST /register', { ...a, tags: { role: 'db' } });
    expect(await again()).toBe(200);
  });

  test('never takes the list of one life for that of another', async () => {
    const [one, other] = [new Asked(), new Asked()];
    const { headers } = await one.ask('GET /discover/all');
    expect((await other.ask('GET /discover/all', undefined, { 'if-none-match': headers['etag']! })).status).toBe(200);
  });

  test.each([
    ['no JSON', '{', 400],
    ['no object', [], 400],
    ['no id', { address: '10.0.0.1:7946' }, 400],
    ['an id as long as a book', { ...a, id: 'x'.repeat(129) }, 400],
    ['an id that no URL can carry', { ...a, id: '..' }, 400],
    ['no address', { id: 'a' }, 400],
    ['a name for an address', { id: 'a', address: 'node-1:7946' }, 400],
    ['an address that it binds', { id: 'a', address: '0.0.0.0:7946' }, 400],
    ['a checksum of somebody else', { ...a, checksum: '0000000000000000' }, 400],
    ['tags that are no texts', { ...a, tags: { role: 1 } }, 400],
    ['tags that are too long together', { ...a, tags: { role: 'x'.repeat(2_000), rack: 'y'.repeat(2_100) } }, 400],
    ['a checksum of something else', { ...a, checksum: '00000000' }, 400],
    ['a checksum without end', { id: 'a', direct_addresses: [a.address], checksum: 'x'.repeat(5_000) }, 400],
    ['a life that is too short', { ...a, ttl_sec: 2 }, 400],
    ['heartbeats that are too rare for its life', { ...a, ttl_sec: 15, heartbeat_sec: 10 }, 400],
    ['a body that is too large', { ...a, pad: 'x'.repeat(20_000) }, 413],
  ])('refuses %s', async (_, body, status) => {
    const registry = new Asked();
    const answer = await registry.ask('POST /register', body);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
    expect(registry.server.entries).toBe(0);
  });

  test('takes heartbeats at a third of the life, or more often', async () => {
    const registry = new Asked();
    expect((await registry.ask('POST /register', { ...a, ttl_sec: 15, heartbeat_sec: 5 })).json).toMatchObject({
      heartbeat_sec: 5,
    });
  });

  test('knows its routes, and says them', async () => {
    const registry = new Asked();
    expect((await registry.ask('GET /nowhere')).json).toMatchObject({
      error: { message: expect.stringContaining('POST /register') },
    });
    expect(await registry.ask('GET /register')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect((await registry.ask('GET /discover/instance/%FF')).status).toBe(400);
    expect((await registry.ask('HEAD /health')).body).toBe('');
  });

  test('lets nobody in from a web page, and only whoever watches processes without the token', async () => {
    const open = new Asked();
    expect((await open.ask('POST /register', a, { origin: 'http://evil.test' })).status).toBe(403);
    const closed = new Asked({ token: 'secret' });
    expect((await closed.ask('GET /health')).status).toBe(200);
    expect((await closed.ask('GET /discover/all')).status).toBe(401);
    expect((await closed.ask('GET /discover/all', undefined, { authorization: 'Bearer secret' })).status).toBe(200);
  });

  test('keeps its roll across a restart, and gives everybody a whole life from then on', async () => {
    const booted = bootedHosts(['registry']);
    const state = { files: simulatedFiles(booted.hosts['registry']!), path: '/var/lib/registry.json' };
    const before = new Asked({ state }, booted);
    await before.ask('POST /register', { ...a, cluster: 'blue', tags: { role: 'db' } });
    await before.ask('POST /register', { id: 'b', address: '10.0.0.2:7946' });
    await before.ask('DELETE /unregister/b');
    await before.server.close();
    expect((await before.ask('GET /discover/all')).status).toBe(503);
    expect((await before.ask('POST /register', { id: 'c', address: '10.0.0.3:7946' })).status).toBe(503);
    before.pass(600);
    const after = new Asked({ state }, booted);
    const { json } = await after.ask('GET /discover/all?label=blue');
    expect(json).toMatchObject({ settled: true, entries: [{ ...a, label: 'blue', tags: { role: 'db' } }] });
    after.pass(31);
    expect((await after.ask('GET /discover/all')).json).toMatchObject({ settled: true, entries: [] });
  });

  const entry = { ...a, label: '', tags: {}, ttl_ms: 30_000 };
  test.each([
    '',
    '{"entries": 3}',
    '{"entries": [{"id": "a"}, 3]}',
    'half',
    ...[{ ttl_ms: 9e15 }, { ttl_ms: -1 }, { tags: { role: 1 } }, { tags: 'x' }].map((slip) =>
      JSON.stringify({ entries: [{ ...entry, ...slip }] }),
    ),
  ])('begins without a memory when its file holds %j, and does not call that an empty list', async (text) => {
    const booted = bootedHosts(['registry']);
    const files = simulatedFiles(booted.hosts['registry']!);
    await files.write('/r.json', new TextEncoder().encode(text));
    const registry = new Asked({ state: { files, path: '/r.json' } }, booted);
    const { json } = await registry.ask('GET /discover/all');
    expect(json).toMatchObject({ entries: [], settled: false });
    expect((await registry.ask('POST /register', a)).status).toBe(201);
  });

  test('tells a listener of each change in order, and one that was too slow to begin again', async () => {
    const registry = new Asked();
    const { body } = await registry.ask('GET /api/events');
    const stream = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const next = async (): Promise<string> => new TextDecoder().decode((await stream.next()).value as Uint8Array);
    expect(await next()).toBe('event: hello\ndata: {"revision":0}\n\n');
    await registry.ask('POST /register', a);
    await registry.ask('DELETE /unregister/a');
    expect(await next()).toBe(
      'event: registered\ndata: {"revision":1,"id":"a","address":"10.0.0.1:7946","label":""}\n\n',
    );
    expect(await next()).toMatch(/^event: unregistered/);
    for (let i = 0; i < 1_100; i++) await registry.ask('POST /register', { ...a, tags: { turn: String(i) } });
    expect(await next()).toBe('event: resync\ndata: {"revision":1102}\n\n');
    registry.pass(31);
    expect(await next()).toMatch(/^event: expired/);
    const silent = next();
    registry.pass(16);
    expect(await silent).toMatch(/^event: ping/);
    await registry.server.close();
    expect((await stream.next()).done).toBe(true);
  });

  test('keeps as many streams open as it may, and counts those that have ended no more', async () => {
    const registry = new Asked({ streamsMax: 1 });
    const first = ((await registry.ask('GET /api/events')).body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await first.next();
    expect((await registry.ask('GET /api/events')).status).toBe(503);
    await first.return?.();
    expect((await registry.ask('GET /api/events')).status).toBe(200);
  });
});
