import { describe, expect, test } from 'vitest';
import { etcdType, type EtcdConfig } from '../../core/discovery/etcd/etcd-type.ts';
import { parseSourceUrl } from '../../core/discovery/peer-text-url.ts';
import { SourceFailed, type Source } from '../../core/discovery/source.ts';
import type { SourcePorts, SourceTable } from '../../core/discovery/source-type.ts';
import { FileFailed } from '../../core/ports/files.ts';
import type { HttpCall, HttpHeaders, HttpTrust } from '../../core/ports/http.ts';
import { systemClock } from '../../transports/clock.ts';
import { ask } from '../contract/etcd-sources.ts';

type Answer = { readonly status: number; readonly body: unknown; readonly headers?: HttpHeaders };

const CONFIG: EtcdConfig = {
  type: 'etcd',
  endpoints: ['e1'],
  prefix: 'rollcall',
  user: '',
  password: '',
  leaseTtlMs: 60_000,
  refreshIntervalMs: 60_000,
  serializable: false,
  register: true,
  caFile: '',
  certFile: '',
  keyFile: '',
};

/** A source whose calls are answered by a function, and what it asked. */
function scripted(answer: (call: HttpCall) => Answer, more: Partial<EtcdConfig> = {}) {
  const calls: HttpCall[] = [];
  const trusts: (HttpTrust | undefined)[] = [];
  const files: Record<string, string> = { '/ca.pem': 'authority' };
  const ports = {
    clock: systemClock(),
    files: {
      async read(path: string) {
        const text = files[path];
        if (text === undefined) throw new FileFailed(path, 'missing', `${path}: no such file.`);
        return new TextEncoder().encode(text);
      },
    },
    http: (trust?: HttpTrust) => {
      trusts.push(trust);
      return {
        async call(call: HttpCall) {
          calls.push(call);
          const { status, body, headers = {} } = answer(call);
          const text = typeof body === 'string' ? body : JSON.stringify(body);
          return { status, headers, body: new Blob([text]).stream() };
        },
      };
    },
  } as unknown as SourcePorts;
  const source: Source = etcdType.create({ ...CONFIG, ...more }, ports, { label: 'blue', dataDir: '' });
  return { source, calls, trusts, files, urls: () => calls.map(({ url }) => url) };
}

const HEADER = { header: { cluster_id: '1', member_id: '2', revision: '3', raft_term: '2' } };
const ok: Answer = { status: 200, body: HEADER };

describe('the calls of the etcd source', () => {
  test('ask for a leader, in JSON, and page by page of one revision', async () => {
    const { source, calls } = scripted(() => ok);
    await source.discover(ask());
    expect(calls[0]).toMatchObject({
      method: 'POST',
      url: 'http://e1:2379/v3/kv/range',
      headers: { 'content-type': 'application/json', 'grpc-metadata-hasleader': 'true' },
    });
    expect(JSON.parse(String(calls[0]!.body))).toEqual({
      key: btoa('/rollcall/blue/'),
      range_end: btoa('/rollcall/blue0'),
      limit: '500',
      revision: '0',
      serializable: false,
    });
  });

  test('find the gateway of etcd 3.3, remember where it is, and find that of later ones again', async () => {
    let known = '/v3beta/';
    const { source, urls } = scripted(({ url }) => (url.includes(known) ? ok : { status: 404, body: 'Not Found\n' }));
    await source.discover(ask());
    await source.discover(ask());
    known = '/v3/';
    await source.discover(ask());
    expect(urls().map((url) => url.slice('http://e1:2379'.length))).toEqual([
      '/v3/kv/range',
      '/v3beta/kv/range',
      '/v3beta/kv/range',
      '/v3beta/kv/range',
      '/v3/kv/range',
    ]);
  });

  test.each<[string, Answer, RegExp]>([
    ['no etcd at all', { status: 404, body: '<html>' }, /status 404, and no answer of etcd's/],
    ['a proxy without etcd behind it', { status: 502, body: 'Bad Gateway' }, /status 502/],
    ['a page instead of an answer', { status: 200, body: '<html>' }, /no answer of etcd's/],
    [
      'etcd 3.6',
      { status: 403, body: { code: 7, message: 'etcdserver: permission denied', details: [] } },
      /readwrite/,
    ],
    ['a stream', { status: 503, body: { error: { grpc_code: 14, message: 'etcdserver: no leader' } } }, /quorum/],
    ['a body of another shape', { status: 500, body: { error: 7, code: 'x' } }, /status 500/],
  ])('%s: a failure in words, and no empty list', async (_, answer, words) => {
    const failed = await scripted(() => answer)
      .source.discover(ask())
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(SourceFailed);
    expect((failed as Error).message).toMatch(words);
  });

  test.each<[string, unknown]>([
    ['a list that is none', { ...HEADER, kvs: 7 }],
    ['pairs that are none', { ...HEADER, kvs: [null, 7, { key: '!!', value: {} }] }],
    ['a header that is none', { header: 'x', count: '7' }],
  ])('%s does not break it', async (_, body) => {
    const { source } = scripted(() => ({ status: 200, body }));
    await source.discover(ask()).then(
      ({ candidates }) => expect(candidates).toEqual([]),
      (error: unknown) => expect(error).toBeInstanceOf(SourceFailed),
    );
  });

  test('a page that comes again and again ends in a failure', async () => {
    const kvs = [{ key: btoa('/rollcall/blue/a'), value: btoa('{}') }];
    const { source } = scripted(() => ({ status: 200, body: { ...HEADER, kvs, more: true } }));
    await expect(source.discover(ask())).rejects.toThrow(/same page/);
  });

  test('pages without end are a failure, however they differ', async () => {
    let page = 0;
    const endless = (): Answer => {
      const key = Buffer.from(`/rollcall/blue/${(page += 1)}`).toString('base64');
      return { status: 200, body: { ...HEADER, kvs: [{ key, value: '' }], more: true } };
    };
    const { source, calls } = scripted(endless);
    await expect(source.discover(ask())).rejects.toThrow('does not end after 200 pages');
    expect(calls).toHaveLength(200);
  });

  test.each([
    ['a proxy that is overrun', { status: 503, body: 'busy', headers: { 'retry-after': '7' } }],
    [
      'a gateway that is',
      { status: 429, body: { error: 'x', message: 'x', code: 14 }, headers: { 'retry-after': '7' } },
    ],
  ])('%s is left alone for as long as it asks, when all are', async (_, busy) => {
    await expect(scripted(() => busy).source.discover(ask())).rejects.toMatchObject({ retryAfterMs: 7_000 });
    const two = { endpoints: ['e1', 'e2'] };
    await expect(scripted(() => busy, two).source.discover(ask())).rejects.toMatchObject({ retryAfterMs: 7_000 });
    const one = scripted(({ url }) => (url.includes('e1') ? busy : { status: 503, body: 'down' }), two);
    await expect(one.source.discover(ask())).rejects.toMatchObject({ retryAfterMs: 0 });
  });

  test('a list whose revision is compacted away begins again, three times at most', async () => {
    const compacted = { status: 400, body: { error: 'x', message: 'etcdserver: mvcc: compacted', code: 11 } };
    let refusals = 2;
    const recovering = scripted(() => (refusals-- > 0 ? compacted : ok));
    await recovering.source.discover(ask());
    expect(recovering.calls).toHaveLength(3);
    const hopeless = scripted(() => compacted);
    await expect(hopeless.source.discover(ask())).rejects.toThrow(SourceFailed);
    expect(hopeless.calls).toHaveLength(3);
  });

  test('an endpoint that refuses for good is not asked for the others', async () => {
    const denied = { status: 403, body: { error: 'x', message: 'etcdserver: permission denied', code: 7 } };
    const { source, urls } = scripted(() => denied, { endpoints: ['e1', 'e2'] });
    await expect(source.discover(ask())).rejects.toThrow(/permission denied/);
    expect(urls()).toEqual(['http://e1:2379/v3/kv/range']);
  });

  test('the endpoint that answered is asked first from then on; all failures are told', async () => {
    let dead = /e[12]:/;
    const { source, urls } = scripted(({ url }) => (dead.test(url) ? { status: 503, body: 'down' } : ok), {
      endpoints: ['e1', 'https://e2:1', 'http://[fd00::3]/'],
    });
    await source.discover(ask());
    await source.discover(ask());
    const range = '/v3/kv/range';
    const third = `http://[fd00::3]:2379${range}`;
    expect(urls()).toEqual([`http://e1:2379${range}`, `https://e2:1${range}`, third, third]);
    dead = /./;
    await expect(source.discover(ask())).rejects.toThrow(/none of the 3 endpoints.*e1.*e2|none of the 3.*fd00::3.*e1/);
  });

  test('a name and a password become a token, once; a cluster that wants none gets none', async () => {
    const identity = { user: 'joe', password: 'pw' };
    const asked = scripted(({ url }) => {
      return url.endsWith('/authenticate') ? { status: 200, body: { ...HEADER, token: 't1' } } : ok;
    }, identity);
    await asked.source.discover(ask());
    await asked.source.discover(ask());
    expect(asked.calls.map(({ headers }) => headers!['authorization'])).toEqual([undefined, 't1', 't1']);
    expect(JSON.parse(String(asked.calls[0]!.body))).toEqual({ name: 'joe', password: 'pw' });
    const message = 'etcdserver: authentication is not enabled';
    const open = scripted(({ url }) => {
      return url.endsWith('/authenticate') ? { status: 412, body: { error: message, message, code: 9 } } : ok;
    }, identity);
    await open.source.discover(ask());
    await open.source.discover(ask());
    expect(open.calls.map(({ headers }) => headers!['authorization'])).toEqual([undefined, undefined, undefined]);
    expect(open.calls).toHaveLength(3);
  });

  test('certificates are read for each call, and one that is missing is a failure', async () => {
    const { source, trusts, files } = scripted(() => ok, { caFile: '/ca.pem' });
    await source.discover(ask());
    files['/ca.pem'] = 'another';
    await source.discover(ask());
    const text = (trust: HttpTrust | undefined): string => new TextDecoder().decode(trust?.ca as Uint8Array);
    expect(trusts.map(text)).toEqual(['authority', 'another']);
    const missing = scripted(() => ok, { caFile: '/gone.pem' });
    await expect(missing.source.discover(ask())).rejects.toThrow(/etcd: \/gone\.pem/);
  });

  test('a node that is not to be entered cannot be', () => {
    expect(scripted(() => ok, { register: false }).source).not.toHaveProperty('register');
  });
});

describe('the configuration of the etcd source', () => {
  const tableOf = (text: string): SourceTable => {
    const url = parseSourceUrl(text);
    return etcdType.urls![url.scheme]!(url);
  };

  test('URLs name endpoints, prefix, identity and any other key', () => {
    expect(tableOf('etcd://10.0.0.1:2379,[fd00::1]/my/peers?lease_ttl_sec=30&serializable=true')).toEqual({
      endpoints: ['http://10.0.0.1:2379', 'http://[fd00::1]'],
      prefix: 'my/peers',
      lease_ttl_sec: 30,
      serializable: true,
    });
    expect(tableOf('etcds://joe:s%40crt@e1')).toEqual({ endpoints: ['https://e1'], user: 'joe', password: 's@crt' });
  });

  test.each(['etcd:///prefix', 'etcd://joe:hunter2@e1/?colour=red', 'etcd://e1/a?prefix=b'])(
    '%s is refused',
    (text) => {
      expect(() => tableOf(text)).toThrow(/etcd/);
      expect(() => tableOf(text)).not.toThrow(/hunter2/);
    },
  );

  test('what belongs together must come together', () => {
    expect(etcdType.problem!({ ...CONFIG, user: 'joe' })).toMatch(/user and password/);
    expect(etcdType.problem!({ ...CONFIG, keyFile: '/key' })).toMatch(/cert_file and key_file/);
    expect(etcdType.problem!(CONFIG)).toBeUndefined();
  });

  test('it says in words what it asks', () => {
    expect(etcdType.inWords({ ...CONFIG, prefix: '/x/' })).toBe('the keys below /x in etcd at e1');
  });
});
