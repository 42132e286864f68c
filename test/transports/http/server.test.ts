import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HttpHandler, HttpRequest } from '../../../core/ports/http.ts';
import { requestListener, type ListenerOptions } from '../../../transports/http/listener.ts';
import { serveHttp, type HttpServer, type ServeOptions } from '../../../transports/http/server.ts';
import { authority, until, type Authority } from '../sockets/support.ts';

const hello: HttpHandler = () => ({ status: 200, headers: {}, body: 'hello' });

async function serving(handler: HttpHandler, options: Partial<ServeOptions> = {}): Promise<HttpServer> {
  const server = await serveHttp(handler, { bind: '127.0.0.1:0', ...options });
  onTestFinished(() => server.close(0));
  return server;
}

/** A connection by hand, and all that was said on it. */
function dial({ address }: HttpServer): { socket: Socket; said: () => string; closed: () => boolean } {
  const socket = connect(Number(address.split(':').at(-1)), '127.0.0.1');
  let said = '';
  let closed = false;
  socket.on('data', (data) => (said += data.toString()));
  socket.on('error', () => {});
  socket.on('close', () => (closed = true));
  onTestFinished(() => void socket.destroy());
  return { socket, said: () => said, closed: () => closed };
}

/** What a server says to these bytes, until it closes the connection. */
async function answerTo(server: HttpServer, text: string): Promise<string> {
  const { socket, said, closed } = dial(server);
  socket.write(text);
  await until('the server closes the connection', closed);
  return said();
}

function bodyOf(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
}

describe('a request', () => {
  test('with too large a body is refused with 413, whether it says so first or not', async () => {
    const server = await serving(hello, { bodyMaxBytes: 1000 });
    const large = 'x'.repeat(400_000);
    const told = await answerTo(
      server,
      `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${large.length}\r\n\r\n${large}`,
    );
    expect(told).toMatch(/^HTTP\/1\.1 413 .*1000 bytes at most/s);
    expect(told).toMatch(/^content-type: application\/json\r$/m);
    expect(bodyOf(told)).toEqual({
      error: { code: 'BODY_TOO_LARGE', message: 'The body may have 1000 bytes at most.' },
    });
    const chunk = `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;
    const chunked = await answerTo(server, `POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`);
    expect(chunked).toMatch(/^HTTP\/1\.1 413 .*1000 bytes at most/s);
  });

  test('with a body of just the allowed size is served', async () => {
    const server = await serving(hello, { bodyMaxBytes: 1000 });
    const body = 'x'.repeat(1000);
    const request = `POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 1000\r\n\r\n${body}`;
    expect(await answerTo(server, request)).toMatch(/^HTTP\/1\.1 200 .*hello$/s);
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400],
    ['headers without end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a chunk that is none', 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 400],
  ])('with %s is refused, and the server goes on', async (_, text, status) => {
    const errors: unknown[] = [];
    const server = await serving(hello, { onError: (error) => errors.push(error) });
    expect(await answerTo(server, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(await answerTo(server, 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')).toContain('hello');
    expect(errors).toEqual([]);
  });

  test('repeats headers: the handler sees all values', async () => {
    let seen: HttpRequest | undefined;
    const server = await serving((request) => ((seen = request), { status: 200, headers: {}, body: '' }));
    const repeated = 'Authorization: one\r\nauthorization: two\r\nX: 1\r\nx: 2\r\n__proto__: p\r\n';
    await answerTo(server, `GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${repeated}\r\n`);
    expect(seen?.headers).toMatchObject({ authorization: 'one, two', x: '1, 2' });
    expect(Object.keys(seen?.headers ?? {})).toContain('__proto__');
  });

  test.each([
    ['http://elsewhere/members?a=1', '/members?a=1'],
    ['http://elsewhere?a=1', '/?a=1'],
    ['//members', '//members'],
    ['*', '/*'],
  ])('for %s is one for %s', async (target, url) => {
    const server = await serving((request) => ({ status: 200, headers: {}, body: `[${request.url}]` }));
    const said = await answerTo(server, `OPTIONS ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    expect(said).toContain(`[${url}]`);
  });
});

describe('an answer that cannot be sent', () => {
  test.each<[string, HttpHandler]>([
    ['a header with a line break', () => ({ status: 200, headers: { x: 'a\r\nb' }, body: '' })],
    ['a status that is none', () => ({ status: 9, headers: {}, body: '' })],
  ])('(%s) is a 500, and the owner hears why', async (_, handler) => {
    const errors: unknown[] = [];
    const server = await serving(handler, { onError: (error) => errors.push(error) });
    const said = await answerTo(server, 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect(said).toMatch(/^HTTP\/1\.1 500 .*The server failed to answer\."\}\}\n$/s);
    expect(errors).toHaveLength(1);
  });

  test('because nobody takes it is given up', async () => {
    let ended = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(1_000_000);
      } finally {
        ended = true;
      }
    }
    const server = await serving(() => ({ status: 200, headers: {}, body: endless() }), { stallMs: 100 });
    const { socket } = dial(server);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await until('the source is told to end', () => ended);
  });

  test('is no news to the owner when the asker has left', async () => {
    const errors: unknown[] = [];
    let asked = 0;
    const server = await serving(
      ({ signal }) => {
        asked++;
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gave up'))));
      },
      { onError: (error) => errors.push(error) },
    );
    const { socket, closed } = dial(server);
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await until('the handler is asked', () => asked === 1);
    socket.destroy();
    await until('the connection is closed', closed);
    await server.close(0);
    expect(errors).toEqual([]);
  });
});

describe('a server', () => {
  test('closes connections that are too slow to say what they want', async () => {
    const server = await serving(hello, { headersTimeoutMs: 100, requestTimeoutMs: 200 });
    expect(await answerTo(server, 'GET / HTTP/1.1\r\nhost:')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await answerTo(server, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nslow')).toMatch(
      /^HTTP\/1\.1 408 /,
    );
  });

  test('has no more connections than it may', async () => {
    const server = await serving(hello, { connectionsMax: 2 });
    const first = [dial(server), dial(server)];
    for (const { socket } of first) socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await until('both are served', () => first.every(({ said }) => said().includes('hello')));
    const third = dial(server);
    await until('the third is closed', third.closed);
    expect(first.some(({ closed }) => closed())).toBe(false);
  });

  test('that closes lets answers end, within its grace, and no connection linger', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let asked = 0;
    const server = await serving(async ({ url }) => {
      asked++;
      if (url === '/busy') await released;
      return { status: 200, headers: {}, body: 'in time' };
    });
    const [idle, busy] = [dial(server), dial(server)];
    idle.socket.write('GET /idle HTTP/1.1\r\nhost: a\r\n\r\n');
    await until('the first is served', () => idle.said().includes('in time'));
    busy.socket.write('GET /busy HTTP/1.1\r\nhost: a\r\n\r\n');
    await until('the handler is asked', () => asked === 2);
    const closing = server.close(60_000);
    await until('the idle connection is closed', idle.closed);
    expect(busy.closed()).toBe(false);
    release();
    await closing;
    await until('the busy connection is closed', busy.closed);
    expect(busy.said()).toContain('in time');
  });

  test('that closes breaks off, after its grace, what does not end', async () => {
    let gone = false;
    const server = await serving(({ signal }) => {
      signal.addEventListener('abort', () => (gone = true));
      return new Promise(() => {});
    });
    const { socket, closed } = dial(server);
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await until('the request is there', () => socket.bytesWritten > 0);
    await pause(20);
    await server.close(50);
    await until('the connection is closed', closed);
    expect(gone).toBe(true);
  });

  test('says what is wrong with an address that it cannot have', async () => {
    const { address } = await serving(hello);
    await expect(serveHttp(hello, { bind: address })).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
    await expect(serveHttp(hello, { bind: '192.0.2.1:0' })).rejects.toMatchObject({ code: 'ADDRESS_NOT_AVAILABLE' });
    await expect(serveHttp(hello, { bind: 'localhost:80' })).rejects.toMatchObject({ code: 'INVALID_SETTING' });
  });
});

describe('over TLS', () => {
  let ours: Authority;
  let strangers: Authority;
  beforeAll(() => {
    [ours, strangers] = [authority(), authority()];
  });

  const whoAsks: HttpHandler = ({ peer }) => ({
    status: 200,
    headers: {},
    body: peer.certified ? 'certified' : 'unknown',
  });

  /** The last line that the server says to one request, and the session to come back with. */
  function ask(server: HttpServer, options: ConnectionOptions): Promise<{ last: string; session: Buffer | undefined }> {
    return new Promise((resolve, reject) => {
      const [host = '', port] = server.address.split(':');
      const socket = connectSecurely({ host, port: Number(port), rejectUnauthorized: false, ...options });
      let said = '';
      let session: Buffer | undefined;
      socket.on('session', (ticket: Buffer) => (session = ticket));
      socket.on('data', (data: Buffer) => (said += data.toString()));
      socket.on('error', reject);
      socket.on('close', () => resolve({ last: said.split('\r\n').at(-1) ?? '', session }));
      socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    });
  }

  test('a caller is certified by a certificate of our authority, and by nothing else', async () => {
    const { cert, key, ca } = ours.issue('IP:127.0.0.1');
    const server = await serving(whoAsks, { tls: { cert, key, ca } });
    expect((await ask(server, {})).last).toBe('unknown');
    expect((await ask(server, strangers.issue('IP:127.0.0.1'))).last).toBe('unknown');
    const { cert: mine, key: mineToo } = ours.issue('DNS:operator');
    expect((await ask(server, { cert: mine, key: mineToo })).last).toBe('certified');
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'who comes back with a session of %s is who they were',
    async (version) => {
      const { cert, key, ca } = ours.issue('IP:127.0.0.1');
      const server = await serving(whoAsks, { tls: { cert, key, ca } });
      const versions = { minVersion: version, maxVersion: version };
      const stranger = await ask(server, versions);
      expect(stranger.session).toBeDefined();
      expect((await ask(server, { ...versions, session: stranger.session })).last).toBe('unknown');
      const { cert: mine, key: mineToo } = ours.issue('DNS:operator');
      const operator = await ask(server, { ...versions, cert: mine, key: mineToo });
      expect((await ask(server, { ...versions, cert: mine, key: mineToo, session: operator.session })).last).toBe(
        'certified',
      );
    },
  );

  test('without an authority nobody is certified', async () => {
    const { cert, key } = ours.issue('IP:127.0.0.1');
    const server = await serving(whoAsks, { tls: { cert, key } });
    expect((await ask(server, ours.issue('DNS:operator'))).last).toBe('unknown');
  });

  test('a caller who never finishes the handshake holds up neither others nor the end', async () => {
    const { cert, key } = ours.issue('IP:127.0.0.1');
    const server = await serving(whoAsks, { tls: { cert, key }, headersTimeoutMs: 60_000, requestTimeoutMs: 60_000 });
    const { socket } = dial(server);
    await until('the connection is there', () => !socket.connecting);
    expect((await ask(server, {})).last).toBe('unknown');
    await server.close(10);
  });

  test('a caller who never begins the handshake is cut off', async () => {
    const { cert, key } = ours.issue('IP:127.0.0.1');
    const server = await serving(whoAsks, { tls: { cert, key }, headersTimeoutMs: 100 });
    const { closed } = dial(server);
    await until('the connection is closed', closed);
  });

  test('material that does not fit together is refused', async () => {
    const tls = { cert: ours.issue('IP:127.0.0.1').cert, key: ours.issue('IP:127.0.0.1').key };
    await expect(serveHttp(hello, { bind: '127.0.0.1:0', tls })).rejects.toMatchObject({
      code: 'TLS_MATERIAL_INVALID',
    });
  });
});

describe('a handler in a server of your own', () => {
  async function mounted(options: ListenerOptions, consume = false): Promise<(path: string) => Promise<string>> {
    const listener = requestListener(
      ({ url, body }) => ({ status: 200, headers: {}, body: `${url} ${body.length}` }),
      options,
    );
    const server = createServer((incoming, outgoing) => {
      if (!consume) return listener(incoming, outgoing);
      incoming.on('end', () => setImmediate(() => listener(incoming, outgoing))).resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return async (path) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: 'body' });
      return answer.status === 200 ? answer.text() : `${answer.status}`;
    };
  }

  test.each([
    ['', '/members', '/members 4'],
    ['/cluster', '/cluster/members?a=1', '/members?a=1 4'],
    ['/cluster', '/cluster', '/ 4'],
    ['/cluster', '/cluster?a=1', '/?a=1 4'],
    ['/cluster', '/clusters/members', '404'],
    ['/cluster', '/members', '404'],
    ['/a/b', '/a/b/c', '/c 4'],
  ])('under %j takes %s for %s', async (basePath, path, expected) => {
    expect(await (await mounted({ basePath }))(path)).toBe(expected);
  });

  test.each(['cluster', '/cluster/', '/', '/a?b'])('is not mounted under %j', (basePath) => {
    expect(() => requestListener(hello, { basePath })).toThrow('basePath');
  });

  test('answers also when somebody else has read the body', async () => {
    expect(await (await mounted({}, true))('/members')).toBe('/members 0');
  });
});

test('a signal does not abort when the answer was taken whole', async () => {
  const aborted = vi.fn();
  const server = await serving(({ signal }) => {
    signal.addEventListener('abort', aborted);
    return { status: 200, headers: {}, body: 'whole' };
  });
  expect(await answerTo(server, 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')).toContain('whole');
  await server.close(0);
  expect(aborted).not.toHaveBeenCalled();
});
