import { describe, expect, test } from 'vitest';
import { checkAdmin, isLoopback } from '../../core/admin/access.ts';
import type { AdminOptions } from '../../core/admin/handler.ts';
import { AdminDesk } from './desk.ts';

type Config = AdminOptions['config'];

const LOCAL: Config = { bind: '127.0.0.1:50051', allowChanges: undefined, token: '', caFile: '' };
const OPEN: Config = { ...LOCAL, bind: '10.0.0.1:50051' };
const CHANGE = '/cluster/keys/use';

async function status(
  config: Config,
  headers: Record<string, string> = {},
  certified = false,
  from = '127.0.0.1',
): Promise<number> {
  const response = await new AdminDesk(config).ask('POST', CHANGE, {
    headers: { 'content-type': 'application/json', ...headers },
    body: new TextEncoder().encode('{"key":"k"}'),
    peer: { address: from, certified },
  });
  return response.status;
}

describe('who may change things', () => {
  test.each([
    ['anybody on a loopback address', LOCAL, {}, 200],
    ['nobody on another one', OPEN, {}, 403],
    ['nobody where changes are off', { ...LOCAL, allowChanges: false }, {}, 403],
    ['not even with the token where changes are off', { ...LOCAL, allowChanges: false, token: 't' }, bearer('t'), 403],
    ['the token opens', { ...OPEN, token: 't' }, bearer('t'), 200],
    ['the scheme may be written in lower case', { ...OPEN, token: 't' }, { authorization: 'bearer t' }, 200],
    ['another token does not', { ...OPEN, token: 't' }, bearer('u'), 401],
    ['a beginning of it does not', { ...OPEN, token: 'tt' }, bearer('t'), 401],
    ['another scheme does not', { ...OPEN, token: 't' }, { authorization: 'Basic t' }, 401],
    ['no token does not, on a loopback address either', { ...LOCAL, token: 't' }, {}, 401],
    ['nobody without a certificate where an authority is set', { ...LOCAL, caFile: 'ca.pem' }, {}, 403],
  ])('%s', async (_, config, headers, expected) => {
    expect(await status(config as Config, headers as Record<string, string>)).toBe(expected);
  });

  test('a certificate of the configured authority opens; of no authority it means nothing', async () => {
    expect(await status({ ...OPEN, caFile: 'ca.pem' }, {}, true)).toBe(200);
    expect(await status({ ...OPEN, caFile: 'ca.pem', token: 't' }, {}, true)).toBe(200);
    expect(await status(OPEN, {}, true)).toBe(403);
  });

  test.each(['127.0.0.9', '::1', '::ffff:127.0.0.1'])('%s is this very machine', async (from) => {
    expect(await status(LOCAL, {}, false, from)).toBe(200);
  });

  // The handler may be mounted into a server that listens elsewhere than `admin.bind` says.
  test.each(['203.0.113.77', '::ffff:10.0.0.1', 'fe80::1%eth0', ''])(
    '%j is not, wherever we are bound',
    async (from) => {
      expect(await status(LOCAL, {}, false, from)).toBe(403);
      expect(await status({ ...LOCAL, token: 't' }, bearer('t'), false, from)).toBe(200);
    },
  );

  test('what to show is said', async () => {
    const desk = new AdminDesk({ token: 't' });
    const { status, headers } = await desk.ask('POST', CHANGE);
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="rollcall"']);
  });

  test('fingerprints of keys are for the same people', async () => {
    expect((await new AdminDesk(OPEN).ask('GET', '/cluster/keys')).status).toBe(403);
    expect((await new AdminDesk(LOCAL).ask('GET', '/cluster/keys')).status).toBe(200);
  });

  test('reading is free', async () => {
    for (const path of ['/healthz', '/metrics', '/cluster/nodes', '/cluster/info']) {
      expect((await new AdminDesk({ ...OPEN, token: 't' }).ask('GET', path)).status).toBe(200);
    }
  });
});

describe('web pages', () => {
  test.each([
    ['may not change anything', LOCAL, { origin: 'http://127.0.0.1:50051' }, 403],
    ['not even with a token', { ...OPEN, token: 't' }, { ...bearer('t'), origin: 'https://evil.example' }, 403],
    ['not under a name that was made to point here', LOCAL, { host: 'evil.example:50051' }, 403],
    ['not under a number that looks like a name', LOCAL, { host: '127.0.0.1.evil.example' }, 403],
  ])('%s', async (_, config, headers, expected) => {
    expect(await status(config as Config, headers as Record<string, string>)).toBe(expected);
  });

  test.each(['127.0.0.1:50051', '127.0.0.1', 'localhost', 'LocalHost:50051', '[::1]:50051', '[::1]'])(
    'whoever asks %s is no page of somebody else',
    async (host) => {
      expect(await status(LOCAL, { host })).toBe(200);
    },
  );

  test('a token makes names usable', async () => {
    expect(await status({ ...OPEN, token: 't' }, { ...bearer('t'), host: 'node1.internal' })).toBe(200);
  });
});

describe('the start', () => {
  test.each([
    ['reading for all', OPEN],
    ['changes on a loopback address', { ...LOCAL, allowChanges: true }],
    ['changes with a token', { ...OPEN, allowChanges: true, token: 't' }],
    ['changes with certificates', { ...OPEN, allowChanges: true, caFile: 'ca.pem' }],
  ])('%s is allowed', (_, config) => {
    expect(() => checkAdmin(config)).not.toThrow();
  });

  test('changes for all are refused', () => {
    expect(() => checkAdmin({ ...OPEN, allowChanges: true })).toThrow(
      /admin\.allow_changes is true.*10\.0\.0\.1:50051/,
    );
  });

  test.each([
    ['127.0.0.1:1', true],
    ['127.9.9.9:1', true],
    ['[::1]:1', true],
    ['[::ffff:127.0.0.1]:1', true],
    ['0.0.0.0:1', false],
    ['[::]:1', false],
    ['[::1:1]:1', false],
    ['10.0.0.1:1', false],
  ])('%s loopback: %s', (bind, expected) => {
    expect(isLoopback(bind)).toBe(expected);
  });
});

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
