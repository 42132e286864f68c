import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { HttpCall } from '../../../core/ports/http.ts';
import { nodeHttpClient } from '../../../transports/http/client.ts';
import type { HttpTrust } from '../../../core/ports/http.ts';
import { serveHttp } from '../../../transports/http/server.ts';
import { authority, until, type Authority } from '../sockets/support.ts';

const CALLER = fileURLToPath(new URL('../fixtures/caller.ts', import.meta.url));

function calling(trust: HttpTrust = {}): (url: string, more?: Partial<HttpCall>) => Promise<string> {
  const client = nodeHttpClient(trust);
  onTestFinished(() => client.close());
  return async (url, more = {}) => {
    const { status, body } = await client.call({ url, deadlineMs: 3_000, ...more });
    let text = `${status} `;
    for await (const chunk of body) text += Buffer.from(chunk).toString();
    return text;
  };
}

/** A server that says what the test tells it to: `say` gets the socket and the number of the connection. */
async function scripted(
  say: (socket: Socket, connection: number, request: string) => void,
): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    const number = ++connections;
    socket.on('error', () => {});
    socket.on('data', (data) => say(socket, number, data.toString()));
    onTestFinished(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, connections: () => connections };
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

describe('a connection', () => {
  test('serves one call after the other, also after answers without a body that nobody read', async () => {
    const { url, connections } = await scripted((socket, _, request) =>
      socket.write(request.startsWith('HEAD') ? OK.slice(0, -2) : OK),
    );
    const client = nodeHttpClient();
    onTestFinished(() => client.close());
    for (let count = 0; count < 3; count++) {
      await client.call({ url, method: 'HEAD', deadlineMs: 1_000 });
      const { body } = await client.call({ url, deadlineMs: 1_000 });
      for await (const chunk of body) expect(Buffer.from(chunk).toString()).toBe('ok');
    }
    expect(connections()).toBe(1);
  });

  test('that the server closed while it was kept is replaced, where asking twice does no harm', async () => {
    const { url, connections } = await scripted((socket, connection, request) => {
      // The second request on a kept connection meets a server that has just given it up.
      if (connection === 1 && request.includes('second')) socket.resetAndDestroy();
      else socket.write(OK);
    });
    const call = calling();
    expect(await call(url)).toBe('200 ok');
    expect(await call(`${url}second`)).toBe('200 ok');
    expect(connections()).toBe(2);
  });

  test('that broke off under a call that must not be repeated is a reset', async () => {
    const { url, connections } = await scripted((socket, _, request) => {
      if (request.startsWith('POST')) socket.resetAndDestroy();
      else socket.write(OK);
    });
    const call = calling();
    expect(await call(url)).toBe('200 ok');
    await expect(call(url, { method: 'POST', body: 'x' })).rejects.toMatchObject({ problem: 'reset' });
    expect(connections()).toBe(1);
  });

  test('that is kept does not keep the process alive', async () => {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CALLER]);
    const [status] = await once(child, 'exit', { signal: AbortSignal.timeout(4_000) });
    expect(status).toBe(0);
  });

  test('is closed when the reader leaves a body before its end', async () => {
    const closed: number[] = [];
    const { url } = await scripted((socket, connection) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome');
      socket.on('close', () => closed.push(connection));
    });
    const client = nodeHttpClient();
    for await (const chunk of (await client.call({ url, deadlineMs: 1_000 })).body) if (chunk.length > 0) break;
    await until('the connection is closed', () => closed.length === 1);
  });
});

describe('no answer', () => {
  test.each([
    ['a connection that ends without a word', '', 'reset'],
    ['something that is not HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'other'],
    ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`, 'too-large'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', 'reset'],
  ])('is %s', async (_, text, problem) => {
    const { url } = await scripted((socket) => socket.end(text));
    await expect(calling()(url)).rejects.toMatchObject({ code: 'HTTP_FAILED', problem, url });
  });

  test('is a name that does not exist', async () => {
    await expect(calling()('http://no-such-host.invalid/')).rejects.toMatchObject({ problem: 'name' });
  });

  test('is a request that cannot be written', async () => {
    const { url, connections } = await scripted((socket) => socket.write(OK));
    await expect(calling()(url, { headers: { x: 'a\r\nb' } })).rejects.toMatchObject({ problem: 'other' });
    expect(connections()).toBe(0);
  });

  test.each(['/members', 'ftp://a/', 'localhost:80', ''])('is asked for at %j', async (url) => {
    await expect(calling()(url)).rejects.toMatchObject({ code: 'INVALID_SETTING' });
  });

  test('tells no password', async () => {
    const { url } = await scripted((socket) => socket.destroy());
    const failing = calling()(url.replace('http://', 'http://user:hunter2@'));
    const error = await failing.catch((reason: Error) => `${reason.message} ${JSON.stringify(reason)}`);
    expect(error).toContain('HTTP_FAILED');
    expect(error).not.toContain('hunter2');
  });
});

describe('an answer cut short', () => {
  test.each([
    ['by a length that is not reached', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome'],
    ['inside a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\nsome'],
  ])('%s is a reset', async (_, text) => {
    const { url } = await scripted((socket) => socket.end(text));
    await expect(calling()(url)).rejects.toMatchObject({ problem: 'reset' });
  });

  test('is no crash when nobody reads it', async () => {
    let closed = false;
    const { url } = await scripted((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome');
      socket.on('close', () => (closed = true));
    });
    const giveUp = new AbortController();
    const { status } = await nodeHttpClient().call({ url, deadlineMs: 1_000, signal: giveUp.signal });
    giveUp.abort();
    await until('the connection is closed', () => closed);
    expect(status).toBe(200);
  });
});

describe('over TLS', () => {
  let ours: Authority;
  beforeAll(() => {
    ours = authority();
  });

  async function secured(names: string): Promise<string> {
    const { cert, key, ca } = ours.issue(names);
    const handler = ({ peer }: { peer: { certified: boolean } }) => ({
      status: 200,
      headers: {},
      body: `${peer.certified}`,
    });
    const server = await serveHttp(handler, { bind: '127.0.0.1:0', tls: { cert, key, ca } });
    onTestFinished(() => server.close(0));
    return `https://${server.address}/`;
  }

  test('a server is believed when our authority signed its name', async () => {
    const url = await secured('IP:127.0.0.1');
    expect(await calling({ ca: ours.ca })(url)).toBe('200 false');
    const { cert, key, ca } = ours.issue('DNS:operator');
    const call = calling({ cert, key, ca });
    expect([await call(url), await call(url)]).toEqual(['200 true', '200 true']);
  });

  test('a strange authority, a wrong name and no TLS at all are no secure connection', async () => {
    await expect(calling()(await secured('IP:127.0.0.1'))).rejects.toMatchObject({ problem: 'tls' });
    await expect(calling({ ca: ours.ca })(await secured('DNS:other'))).rejects.toMatchObject({ problem: 'tls' });
    const { url } = await scripted((socket) => socket.write(OK));
    await expect(calling()(url.replace('http:', 'https:'))).rejects.toMatchObject({ problem: 'tls' });
  });
});
