import { beforeEach, describe, expect, test } from 'vitest';
import { InvalidKey } from '../../core/membership/keyring.ts';
import { encodeTags } from '../../core/membership/tags.ts';
import { alive, dead, described } from '../membership/lone-node.ts';
import { AdminDesk } from './desk.ts';

let desk: AdminDesk;
beforeEach(() => {
  desk = new AdminDesk();
});

function meet(): void {
  const meta = encodeTags({ spaces: 'blue' });
  desk.lone.hear([
    alive({ ...described('a', '10.0.1.1:7946'), meta }, 5),
    alive(described('b', '10.0.1.2:7946'), 1),
    dead('b', 1, 'a'),
  ]);
}

describe('liveness and readiness', () => {
  test.each(['/healthz', '/health'])('%s answers as long as anything does', async (path) => {
    desk.node.readyState = { ready: false, reason: 'still joining' };
    desk.lone.clock.advance(1_500);
    expect(await desk.json('GET', path)).toEqual({
      status: 200,
      body: { status: 'ok', name: 'me', uptime_seconds: 1.5, version: '1.2.3' },
    });
  });

  test('/readyz is 200 when ready and 503 with the reason when not', async () => {
    expect(await desk.json('GET', '/readyz')).toEqual({ status: 200, body: { ready: true } });
    desk.node.readyState = { ready: false, reason: 'still joining' };
    expect(await desk.json('GET', '/readyz')).toEqual({ status: 503, body: { ready: false, reason: 'still joining' } });
  });
});

describe('what can be read', () => {
  test('/metrics passes on what the meter says', async () => {
    const { status, headers, body } = await desk.ask('GET', '/metrics');
    expect([status, headers['content-type'], body]).toEqual([200, 'text/plain; version=0.0.4', 'rollcall_ready 1\n']);
  });

  test('/cluster/health is 200 whatever the health', async () => {
    meet();
    desk.lone.hear(dead('a', 5, 'x'));
    expect(await desk.json('GET', '/cluster/health')).toMatchObject({
      status: 200,
      body: {
        status: 'critical',
        total_nodes: 3,
        alive_nodes: 1,
        dead_nodes: 2,
        nodes: [{ id: 'me', last_seen: 0 }, {}, {}],
      },
    });
  });

  test('/cluster/nodes lists members with their tags', async () => {
    meet();
    const { body } = await desk.json('GET', '/cluster/nodes?name=a');
    const tags = { spaces: 'blue' };
    const a = {
      id: 'a',
      addr: '10.0.1.1:7946',
      state: 'alive',
      last_seen: 2.5,
      spaces: ['blue'],
      tags,
      incarnation: 5,
    };
    expect(body).toEqual([a]);
  });

  test.each([
    ['state=dead', ['b']],
    ['state=alive,dead', ['me', 'a', 'b']],
    ['state=dead&name=a', []],
    ['name=%62', ['b']],
  ])('/cluster/nodes?%s', async (query, expected) => {
    meet();
    const { body } = await desk.json('GET', `/cluster/nodes?${query}`);
    expect((body as { id: string }[]).map(({ id }) => id)).toEqual(expected);
  });

  test('/cluster/discovery/health is what the node says of discovery', async () => {
    expect(await desk.json('GET', '/cluster/discovery/health')).toEqual({
      status: 200,
      body: desk.node.discoveryHealth(),
    });
  });

  test('/cluster/info tells of the node itself', async () => {
    meet();
    expect((await desk.json('GET', '/cluster/info')).body).toMatchObject({
      id: 'me',
      addr: '10.0.0.1:7946',
      state: 'alive',
      version: '1.2.3',
      ready: true,
      health_score: 0,
      keys: 1,
      sealing: 'accepts-plain',
      members: { alive: 2, suspect: 0, dead: 1, left: 0 },
      counters: { packets_received: 1, probes_failed: 0, changes: { join: 2, fail: 1 }, dropped: {} },
    });
  });

  test('answers are not kept, and are told apart by their type', async () => {
    const { headers } = await desk.ask('GET', '/healthz');
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json' });
  });

  test('?pretty is for people', async () => {
    expect((await desk.ask('GET', '/readyz?pretty')).body).toBe('{\n  "ready": true\n}\n');
    expect((await desk.ask('GET', '/readyz')).body).toBe('{"ready":true}\n');
  });

  test('HEAD is GET without the body', async () => {
    desk.node.readyState = { ready: false, reason: 'x' };
    expect(await desk.ask('HEAD', '/readyz')).toMatchObject({ status: 503, body: '' });
    expect(await desk.ask('HEAD', '/nowhere')).toMatchObject({ status: 404 });
  });
});

describe('mistakes', () => {
  const error = (code: string, words: string) => ({
    error: { code, message: expect.stringContaining(words) as string },
  });

  test.each([
    ['a path that does not exist', 'GET', '/cluster/member', 404, 'NOT_FOUND', 'GET /cluster/nodes'],
    ['a slash too many', 'GET', '/healthz/', 404, 'NOT_FOUND', '/healthz'],
    ['a change that is asked for as a page', 'GET', '/cluster/leave', 405, 'METHOD_NOT_ALLOWED', 'takes POST'],
    ['a method that nobody knows', 'BREW', '/healthz', 405, 'METHOD_NOT_ALLOWED', 'takes GET, HEAD'],
    ['a state that does not exist', 'GET', '/cluster/nodes?state=alive,gone', 400, 'BAD_REQUEST', '"gone"'],
    ['a parameter that does not exist', 'GET', '/cluster/nodes?sate=alive', 400, 'BAD_REQUEST', 'state, name, pretty'],
    ['a parameter of another route', 'GET', '/healthz?state=alive', 400, 'BAD_REQUEST', 'It takes: pretty'],
    ['a query that is no UTF-8', 'GET', '/cluster/nodes?name=%ff', 400, 'BAD_REQUEST', 'percent-encoded'],
  ])('%s', async (_, method, url, status, code, words) => {
    expect(await desk.json(method, url)).toEqual({ status, body: error(code, words) });
  });

  test('405 names what is allowed', async () => {
    expect((await desk.ask('POST', '/healthz')).headers['allow']).toBe('GET, HEAD');
    expect((await desk.ask('GET', '/cluster/leave')).headers['allow']).toBe('POST');
  });

  test.each([
    ['no JSON', 'name=a', 'not JSON'],
    ['a list', '["a"]', 'not a JSON object'],
    ['nothing in it', '{}', '{"name": "…"}'],
    ['a number', '{"name":1}', '{"name": "…"}'],
    ['more than asked for', '{"name":"a","force":true}', 'nothing else'],
  ])('a body with %s', async (_, text, words) => {
    const more = { body: new TextEncoder().encode(text), headers: { 'content-type': 'application/json' } };
    expect(await desk.json('POST', '/cluster/force-leave', more)).toEqual({
      status: 400,
      body: error('BAD_REQUEST', words),
    });
  });

  test.each([
    ['text/plain', 415],
    ['', 415],
    ['application/x-www-form-urlencoded', 415],
    ['Application/JSON; charset=utf-8', 202],
  ])('a change of type %j is %i', async (type, status) => {
    expect(await desk.ask('POST', '/cluster/leave', { headers: { 'content-type': type } })).toMatchObject({ status });
  });

  test('a body longer than any key is refused', async () => {
    expect(await desk.change('/cluster/keys/use', { key: 'x'.repeat(20_000) })).toMatchObject({ status: 413 });
  });

  test('a fault of ours is told to the log, not to the asker', async () => {
    desk.node.keyProblem = new TypeError('secret');
    expect(await desk.change('/cluster/keys/use', { key: 'k' })).toEqual({
      status: 500,
      body: error('INTERNAL', 'its log'),
    });
    expect(desk.log.lines).toMatchObject([{ level: 'error', operation: 'admin' }]);
  });
});

describe('changes', () => {
  test('leaving is answered first and done then', async () => {
    expect(await desk.change('/cluster/leave')).toEqual({ status: 202, body: { status: 'leaving' } });
    expect(desk.node.calls).toEqual([]);
    desk.lone.clock.advance(0);
    expect(desk.node.calls).toEqual(['leave']);
  });

  test('a dead member is retired', async () => {
    meet();
    expect(await desk.change('/cluster/force-leave', { name: 'b' })).toEqual({
      status: 200,
      body: { status: 'left', name: 'b' },
    });
    expect(desk.lone.node.member('b')?.state).toBe('left');
  });

  test.each([
    ['a', 409, 'MEMBER_IS_LIVE'],
    ['nobody', 404, 'UNKNOWN_MEMBER'],
  ])('%s is not', async (name, status, code) => {
    meet();
    expect(await desk.change('/cluster/force-leave', { name })).toMatchObject({ status, body: { error: { code } } });
  });

  test('a node that has stopped can retire nobody', async () => {
    desk.lone.node.stop();
    expect(await desk.change('/cluster/force-leave', { name: 'b' })).toMatchObject({ status: 503 });
  });

  test.each(['install', 'use', 'remove'])('keys: %s answers with the keyring, in fingerprints', async (action) => {
    const listed = { keys: [{ fingerprint: 'ab12', bits: 256, primary: true }] };
    expect(await desk.change(`/cluster/keys/${action}`, { key: 'c2VjcmV0' })).toEqual({ status: 200, body: listed });
    expect(desk.node.calls).toEqual([`${action} c2VjcmV0`]);
    expect(await desk.json('GET', '/cluster/keys')).toEqual({ status: 200, body: listed });
  });

  test('a key that cannot be used is said so', async () => {
    desk.node.keyProblem = new InvalidKey('A key has 16, 24 or 32 bytes.');
    const body = { error: { code: 'INVALID_KEY', message: 'A key has 16, 24 or 32 bytes.' } };
    expect(await desk.change('/cluster/keys/install', { key: 'x' })).toEqual({ status: 400, body });
  });

  test('who changed what is in the log, without keys', async () => {
    await desk.change('/cluster/keys/use', { key: 'c2VjcmV0' });
    expect(desk.log.lines).toMatchObject([{ level: 'info', path: '/cluster/keys/use', from: '127.0.0.1' }]);
    expect(JSON.stringify(desk.log.lines)).not.toContain('c2VjcmV0');
  });
});
