import { describe, expect, test } from 'vitest';
import { HttpFailed } from '../../core/ports/http.ts';
import type { HttpAnswer, HttpCall, HttpClient, HttpHandler, HttpProblem, HttpRequest } from '../../core/ports/http.ts';

interface HttpUnderTest {
  readonly client: HttpClient;
  /** Serves the handler until the test is over. */
  serve(handler: HttpHandler): Promise<Served>;
  /** An address at which nobody listens. */
  readonly deserted: string;
  /** The IP address that servers see of the client. */
  readonly peer: string;
  pause(ms: number): Promise<void>;
}

interface Served {
  /** Without a slash at the end. */
  readonly url: string;
  /** Takes the server away at once, whatever it is doing. */
  kill(): Promise<void>;
}

const DEADLINE_MS = 4_000;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function read(answer: HttpAnswer): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  chunks.reduce((offset, chunk) => (all.set(chunk, offset), offset + chunk.length), 0);
  return all;
}

const readText = async (answer: HttpAnswer): Promise<string> => new TextDecoder().decode(await read(answer));

const answering =
  (body: string | Uint8Array): HttpHandler =>
  () => ({ status: 200, headers: {}, body });

async function problemOf(work: Promise<unknown>): Promise<HttpProblem> {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HttpFailed);
  return (error as HttpFailed).problem;
}

/** What every pair of HTTP client and server does. */
export function httpContract(name: string, create: () => HttpUnderTest): void {
  describe(`${name} keeps the contract of HTTP`, () => {
    const call = (client: HttpClient, url: string, more: Partial<HttpCall> = {}): Promise<HttpAnswer> =>
      client.call({ url, deadlineMs: DEADLINE_MS, ...more });

    test('a request arrives with method, path, query, headers, body and who asks', async () => {
      const { client, serve, peer } = create();
      let seen: HttpRequest | undefined;
      const { url } = await serve((request) => {
        seen = request;
        return { status: 201, headers: { 'x-answer': 'yes' }, body: 'made' };
      });
      const answer = await call(client, `${url}/members?state=alive&x=%20`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'x-token': 't' },
        body: '{"grüße":1}',
      });
      expect(answer.status).toBe(201);
      expect(answer.headers).toMatchObject({ 'x-answer': 'yes', 'content-length': '4' });
      expect(await readText(answer)).toBe('made');
      expect(seen).toMatchObject({
        method: 'POST',
        url: '/members?state=alive&x=%20',
        headers: { host: url.replace('http://', ''), 'content-type': 'application/json', 'x-token': 't' },
        peer: { address: peer, certified: false },
      });
      expect(new TextDecoder().decode(seen?.body)).toBe('{"grüße":1}');
    });

    test.each([200, 204, 301, 304, 400, 404, 500, 503])('status %d is an answer', async (status) => {
      const { client, serve } = create();
      const { url } = await serve(() => ({ status, headers: { location: '/elsewhere' }, body: '' }));
      const answer = await call(client, url);
      expect(answer.status).toBe(status);
      expect(await readText(answer)).toBe('');
    });

    test('every byte arrives as it was sent, in both directions', async () => {
      const { client, serve } = create();
      const { url } = await serve(({ body }) => ({ status: 200, headers: {}, body }));
      const all = Uint8Array.from({ length: 256 }, (_, index) => index);
      expect(await read(await call(client, url, { method: 'PUT', body: all }))).toEqual(all);
    });

    test('a large body arrives whole', async () => {
      const { client, serve } = create();
      const size = 3_000_000;
      const { url } = await serve(answering(new Uint8Array(size).fill(7)));
      const body = await read(await call(client, url));
      expect(body.length).toBe(size);
      expect(body.every((byte) => byte === 7)).toBe(true);
    });

    test('a streamed body arrives chunk by chunk, while it is made', async () => {
      const { client, serve } = create();
      let release = (): void => {};
      const read1 = new Promise<void>((resolve) => (release = resolve));
      async function* body(): AsyncGenerator<Uint8Array> {
        yield bytes('first ');
        await read1;
        yield bytes('second');
      }
      const { url } = await serve(() => ({ status: 200, headers: {}, body: body() }));
      const heard: string[] = [];
      for await (const chunk of (await call(client, url)).body) {
        heard.push(new TextDecoder().decode(chunk));
        release();
      }
      expect(heard).toEqual(['first ', 'second']);
    });

    test('the head of an answer does not wait for its body', async () => {
      const { client, serve, pause } = create();
      async function* body(): AsyncGenerator<Uint8Array> {
        await pause(300);
        yield bytes('late');
      }
      const { url } = await serve(() => ({ status: 200, headers: {}, body: body() }));
      const answer = await call(client, url, { deadlineMs: 200 });
      expect(await readText(answer)).toBe('late');
    });

    test('a body may be silent for long, unless the caller bounds its silence', async () => {
      const { client, serve, pause } = create();
      async function* body(): AsyncGenerator<Uint8Array> {
        yield bytes('before ');
        await pause(1_000);
        yield bytes('after');
      }
      const { url } = await serve(() => ({ status: 200, headers: {}, body: body() }));
      const [patient, impatient] = await Promise.all([
        call(client, url).then(readText),
        problemOf(call(client, url, { idleMs: 250 }).then(readText)),
      ]);
      expect(patient).toBe('before after');
      expect(impatient).toBe('timeout');
    });

    test('the time that the reader itself takes is not silence', async () => {
      const { client, serve, pause } = create();
      const { url } = await serve(answering('all at once'));
      const answer = await call(client, url, { idleMs: 100 });
      const heard: Uint8Array[] = [];
      for await (const chunk of answer.body) {
        heard.push(chunk);
        await pause(250);
      }
      expect(heard.map((chunk) => new TextDecoder().decode(chunk)).join('')).toBe('all at once');
    });

    test('a server that does not answer in time is a timeout, and hears that the asker has gone', async () => {
      const { client, serve } = create();
      let gone: (value: string) => void = () => {};
      const heard = new Promise<string>((resolve) => (gone = resolve));
      const { url } = await serve(
        ({ signal }) => new Promise(() => signal.addEventListener('abort', () => gone('gone'))),
      );
      expect(await problemOf(call(client, url, { deadlineMs: 100 }))).toBe('timeout');
      expect(await heard).toBe('gone');
    });

    test('a caller may give up before, during and after the head of the answer', async () => {
      const { client, serve } = create();
      const { url } = await serve(({ url: path, signal }) => {
        async function* endless(): AsyncGenerator<Uint8Array> {
          yield bytes('x');
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        }
        if (path === '/stream') return { status: 200, headers: {}, body: endless() };
        return new Promise(() => {});
      });
      expect(await problemOf(call(client, url, { signal: AbortSignal.abort() }))).toBe('aborted');
      const waiting = new AbortController();
      const call1 = call(client, `${url}/wait`, { signal: waiting.signal });
      waiting.abort();
      expect(await problemOf(call1)).toBe('aborted');
      const reading = new AbortController();
      const { body } = await call(client, `${url}/stream`, { signal: reading.signal });
      const work = (async () => {
        for await (const chunk of body) if (chunk.length > 0) reading.abort();
      })();
      expect(await problemOf(work)).toBe('aborted');
    });

    test('leaving the body early ends it for the server too', async () => {
      const { client, serve, pause } = create();
      const ended: string[] = [];
      async function* endless(signal: AbortSignal): AsyncGenerator<Uint8Array> {
        try {
          for (;;) {
            yield new Uint8Array(10_000);
            await pause(1);
          }
        } finally {
          ended.push(signal.aborted ? 'source ended, asker gone' : 'source ended');
        }
      }
      const { url } = await serve(({ signal }) => ({ status: 200, headers: {}, body: endless(signal) }));
      for await (const chunk of (await call(client, url)).body) if (chunk.length > 0) break;
      for (let wait = 0; ended.length === 0 && wait < 200; wait++) await pause(10);
      expect(ended).toEqual(['source ended, asker gone']);
    });

    test('a source is asked no faster than the reader reads', async () => {
      const { client, serve, pause } = create();
      let made = 0;
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (; made < 1_000; made++) yield new Uint8Array(100_000);
      }
      const { url } = await serve(() => ({ status: 200, headers: {}, body: endless() }));
      const answer = await call(client, url);
      for (let before = -1; before !== made; await pause(100)) before = made;
      expect(made).toBeLessThan(500);
      for await (const chunk of answer.body) if (chunk.length > 0) break;
    });

    test('HEAD is answered without a body', async () => {
      const { client, serve } = create();
      const { url } = await serve(answering('four'));
      const answer = await call(client, url, { method: 'HEAD' });
      expect(answer.headers['content-length']).toBe('4');
      expect(await readText(answer)).toBe('');
    });

    test('where nobody listens, the call is refused, and the error names the address', async () => {
      const { client, deserted } = create();
      const error = await call(client, deserted).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'HTTP_FAILED', problem: 'refused', url: expect.stringContaining(deserted) });
      expect((error as Error).message).toContain(deserted);
    });

    test('a handler that throws is a 500 that tells nothing', async () => {
      const { client, serve } = create();
      const { url } = await serve(({ url: path }) => {
        const error = new Error('the secret is 42');
        if (path === '/later') return Promise.reject(error);
        throw error;
      });
      for (const path of ['/now', '/later']) {
        const answer = await call(client, url + path);
        expect(answer.status).toBe(500);
        expect(await readText(answer)).not.toContain('42');
      }
    });

    test('an answer that breaks off in the middle is a failure, not a short answer', async () => {
      const { client, serve } = create();
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield bytes('half');
        throw new Error('the source failed');
      }
      const { url } = await serve(() => ({ status: 200, headers: {}, body: broken() }));
      expect(await problemOf(call(client, url).then(readText))).toBe('reset');
    });

    test('a server that dies while it answers is a reset', async () => {
      const { client, serve } = create();
      const served = await serve(() => {
        void served.kill();
        return new Promise(() => {});
      });
      expect(await problemOf(call(client, served.url))).toBe('reset');
    });

    test('many calls at once get their own answers', async () => {
      const { client, serve, pause } = create();
      const { url } = await serve(async ({ url: path }) => {
        await pause(path.length % 7);
        return { status: 200, headers: {}, body: path };
      });
      const paths = Array.from({ length: 40 }, (_, index) => `/${'x'.repeat(index)}`);
      const answers = await Promise.all(paths.map(async (path) => readText(await call(client, url + path))));
      expect(answers).toEqual(paths);
    });
  });
}
