import { describe, expect, test } from 'vitest';
import { addressChecksum } from '../../core/discovery/checksum.ts';
import type { ConsulConfig } from '../../core/discovery/consul/consul-config.ts';
import { consulType } from '../../core/discovery/consul/consul-type.ts';
import type { SourcePorts, SourceUrl } from '../../core/discovery/source-type.ts';
import type { Self, Source } from '../../core/discovery/source.ts';
import type { HttpAnswer, HttpCall, HttpTrust } from '../../core/ports/http.ts';
import { ManualClock } from '../membership/lone-node.ts';

const ask = { deadlineMs: 5_000, signal: new AbortController().signal };
const self: Self = { id: 'n 1/ü', address: '[fd00::7]:7946', label: 'blue', tags: {}, admin: '0.0.0.0:50051' };

/** The configuration that these keys, and no others, make. */
function configOf(told: Readonly<Record<string, unknown>>): ConsulConfig {
  const fields = consulType.keys.map(({ name, field, kind, initial }) => {
    const refuse = (): never => {
      throw new Error(`${name} is refused`);
    };
    return [field, kind.check(told[name] ?? initial, refuse)];
  });
  return { type: 'consul', ...Object.fromEntries(fields) } as ConsulConfig;
}

type Says = readonly [status: number, body: string];

/** A source whose calls are seen, and answered by path. */
function seen(told: Readonly<Record<string, unknown>>, says: Readonly<Record<string, Says>> = {}, environment = {}) {
  const calls: HttpCall[] = [];
  const trusted: (HttpTrust | undefined)[] = [];
  const call = async (request: HttpCall): Promise<HttpAnswer> => {
    calls.push(request);
    const path = request.url.replace(/^https?:\/\/[^/]+/, '').replace(/\?.*$/, '');
    const [status, body] = says[path] ?? [200, '[]'];
    const bytes = new TextEncoder().encode(body);
    return {
      status,
      headers: {},
      body: (async function* () {
        yield bytes;
      })(),
    };
  };
  const ports = {
    clock: new ManualClock(),
    files: { read: async (path: string) => new TextEncoder().encode(`content of ${path}`) },
    http: (trust?: HttpTrust) => (trusted.push(trust), { call }),
    environment,
  } as unknown as SourcePorts;
  const source: Source = consulType.create(configOf({ service_name: 'rollcall', ...told }), ports, {
    label: 'blue',
    dataDir: '',
  });
  return { source, calls, trusted };
}

const unknownId: Readonly<Record<string, Says>> = {
  '/v1/agent/service/n%201%2F%C3%BC': [404, 'unknown service ID: n 1/ü'],
};

async function registered(
  told: Readonly<Record<string, unknown>>,
): Promise<{ url: string; body: Record<string, unknown> }> {
  const { source, calls } = seen(told, { ...unknownId, '/v1/agent/service/register': [200, ''] });
  await source.register!(self, ask);
  const call = calls.find(({ method }) => method === 'PUT')!;
  return { url: call.url, body: JSON.parse(call.body as string) as Record<string, unknown> };
}

describe('a registration', () => {
  test('is visible at once, carries who we are, and is critical when we fall silent', async () => {
    const { url, body } = await registered({ tag: 'db' });
    expect(url).toBe('http://127.0.0.1:8500/v1/agent/service/register?replace-existing-checks=true');
    expect(body).toEqual({
      Name: 'rollcall',
      ID: 'n 1/ü',
      Address: 'fd00::7',
      Port: 7946,
      Tags: ['db'],
      Meta: {
        rollcall_id: 'n 1/ü',
        rollcall_label: 'blue',
        rollcall_checksum: addressChecksum('n 1/ü', '[fd00::7]:7946'),
      },
      Check: { Name: 'rollcall', Status: 'passing', TTL: '30000ms', DeregisterCriticalServiceAfter: '600000ms' },
    });
  });

  test('has its admin interface asked, where it can be reached, or its gossip port', async () => {
    expect((await registered({ check: 'http' })).body['Check']).toMatchObject({
      HTTP: 'http://[fd00::7]:50051/health',
      Interval: '10000ms',
      Timeout: '10000ms',
      Status: 'passing',
    });
    expect((await registered({ check: 'tcp', check_interval_sec: 2 })).body['Check']).toMatchObject({
      TCP: '[fd00::7]:7946',
      Interval: '2000ms',
      Timeout: '2000ms',
    });
    const { source } = seen({ check: 'http' }, unknownId);
    await expect(source.register!({ ...self, admin: undefined }, ask)).rejects.toThrow(/admin\.enabled/);
  });

  test('is absent where it is not wanted', () => {
    expect(seen({ register: false }).source.register).toBeUndefined();
  });

  test.each([
    ['is lost when the agent does not know the check', 404, 'Unknown check ID "service:n1"', false],
    ['is lost when an old agent does not know it', 500, 'CheckID "service:n1" does not have associated TTL', false],
    ['is kept when the agent says so', 200, '', true],
  ])('%s', async (_, status, text, kept) => {
    const own = JSON.stringify({ ID: self.id, Address: 'fd00::7', Port: 7946 });
    const says: Readonly<Record<string, Says>> = {
      '/v1/agent/service/n%201%2F%C3%BC': [200, own],
      '/v1/agent/check/pass/service%3An%201%2F%C3%BC': [status, text],
    };
    const lease = await seen({}, says).source.register!(self, ask);
    expect(await lease.keep(ask)).toBe(kept);
  });

  test('is neither lost nor kept when the agent fails', async () => {
    const own = JSON.stringify({ ID: self.id, Address: 'fd00::7', Port: 7946 });
    const says: Readonly<Record<string, Says>> = {
      '/v1/agent/service/n%201%2F%C3%BC': [200, own],
      '/v1/agent/check/pass/service%3An%201%2F%C3%BC': [500, 'rpc error: no connection'],
    };
    const lease = await seen({}, says).source.register!(self, ask);
    await expect(lease.keep(ask)).rejects.toThrow(/status 500: rpc error: no connection/);
  });
});

describe('a question', () => {
  test('says everything that it is told to', async () => {
    const { source, calls } = seen({
      addr: 'consul.test:8501/',
      tag: 'a b',
      dc: 'eu',
      namespace: 'team',
      near: '_agent',
      consistency: 'stale',
      token: 't0k',
    });
    await source.discover(ask);
    expect(calls[0]).toMatchObject({
      url: 'http://consul.test:8501/v1/health/service/rollcall?passing=1&tag=a%20b&dc=eu&near=_agent&stale&ns=team',
      headers: { 'x-consul-token': 't0k' },
      deadlineMs: 5_000,
    });
  });

  test('goes where the environment says, as the tools of Consul do, unless the configuration knows better', async () => {
    const environment = {
      CONSUL_HTTP_ADDR: 'consul.test:8501',
      CONSUL_HTTP_SSL: 'true',
      CONSUL_HTTP_TOKEN_FILE: '/t',
      CONSUL_CACERT: '/ca',
    };
    const { source, calls, trusted } = seen({}, {}, environment);
    await source.discover(ask);
    expect(calls[0]).toMatchObject({
      url: expect.stringMatching(/^https:\/\/consul\.test:8501\//),
      headers: { 'x-consul-token': 'content of /t' },
    });
    expect(trusted).toEqual([{ ca: 'content of /ca' }]);
    const other = seen({ addr: 'http://10.0.0.1:8500', token: 'mine' }, {}, environment);
    await other.source.discover(ask);
    expect(other.calls[0]).toMatchObject({
      url: expect.stringMatching(/^http:\/\/10\.0\.0\.1:8500\//),
      headers: { 'x-consul-token': 'mine' },
    });
  });

  test.each([
    ['[{"Node"', 'cut short'],
    ['{}', 'no list'],
    ['null', 'no list'],
    ['', 'no list'],
    ['[null, 7, {}]', 'entry 0'],
  ])('that is answered %j has failed', async (body, says) => {
    const { source } = seen({}, { '/v1/health/service/rollcall': [200, body] });
    await expect(source.discover(ask)).rejects.toThrow(says);
  });
});

describe('a URL', () => {
  const tableOf = (parts: Partial<SourceUrl>) => {
    const text = 'consul://s3cret@10.0.0.1:8500/rollcall';
    const url = {
      text,
      scheme: 'consul',
      user: '',
      password: '',
      hosts: ['10.0.0.1:8500'],
      path: 'rollcall',
      query: {},
    };
    return consulType.urls![parts.scheme ?? 'consul']!({ ...url, ...parts });
  };

  test('says where, which service, and any other key', () => {
    expect(tableOf({ user: 's3cret', query: { tag: 'db', passing: 'false', wait_sec: '30', dc: 'eu' } })).toEqual({
      service_name: 'rollcall',
      addr: '10.0.0.1:8500',
      token: 's3cret',
      tag: 'db',
      passing: false,
      wait_sec: 30,
      dc: 'eu',
    });
    expect(tableOf({ hosts: [] })).toEqual({ service_name: 'rollcall' });
    expect(tableOf({ scheme: 'consul+https' })).toMatchObject({ addr: 'https://10.0.0.1:8500' });
  });

  test.each([
    [{ path: '' }],
    [{ path: 'a/b' }],
    [{ hosts: ['a:1', 'b:2'] }],
    [{ query: { tagg: 'x' } }],
    [{ query: { service_name: 'x' } }],
  ])('%j is refused, and its token told to nobody', (parts) => {
    const refused = (): unknown => tableOf({ user: 's3cret', ...parts });
    expect(refused).toThrow(expect.objectContaining({ code: 'INVALID_SETTING' }));
    expect(refused).not.toThrow(/s3cret/);
  });
});

test('contradictions are told', () => {
  expect(consulType.problem!(configOf({ token: 'a', token_file: '/t' }))).toMatch(/token and token_file/);
  expect(consulType.problem!(configOf({ cert_file: '/c' }))).toMatch(/cert_file and key_file/);
  expect(consulType.problem!(configOf({}))).toBeUndefined();
});

test.each(['unix:///run/consul.sock', 'http://a:1/path', 'ftp://a:1', 'a b', 'u:p@a:1'])(
  '%j is no address of an agent',
  (addr) => {
    expect(() => configOf({ addr })).toThrow(/addr is refused/);
  },
);
