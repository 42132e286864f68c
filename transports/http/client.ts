import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { InvalidSetting } from '../../core/errors.ts';
import { HttpFailed } from '../../core/ports/http.ts';
import type { HttpAnswer, HttpCall, HttpClient, HttpTrust } from '../../core/ports/http.ts';
import { httpFailed } from './failure.ts';
import { headersFrom } from './headers.ts';

export interface NodeHttpClient extends HttpClient {
  /** Closes the connections that are kept for the next call. They keep no process alive. */
  close(): void;
}

/** Calls on `node:http`: the global `fetch` gives up on silent servers after 300 s, and long polls are silent for longer. */
export function nodeHttpClient(trust: HttpTrust = {}): NodeHttpClient {
  const material = Object.fromEntries(Object.entries(trust).map(([name, pem]) => [name, Buffer.from(pem)]));
  const plain = new PlainAgent({ keepAlive: true });
  const secure = new SecureAgent({ keepAlive: true });
  return {
    async call(call) {
      const url = targetOf(call.url);
      const begin = (fresh: boolean): ClientRequest => {
        const what = { method: call.method ?? 'GET', headers: { ...call.headers } };
        return url.protocol === 'https:'
          ? secureRequest(url, { ...what, ...material, agent: fresh ? false : secure })
          : plainRequest(url, { ...what, agent: fresh ? false : plain });
      };
      return new Exchange(call, shown(url)).run(begin);
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function targetOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new InvalidSetting('url', text, 'an address that begins with http:// or https://');
}

/** Without a password: errors are logged. */
function shown(url: URL): string {
  const copy = new URL(url);
  copy.username = copy.password = '';
  return copy.href;
}

/** Methods that may be sent twice. */
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);

/** One call, from its first byte to the last of its answer. */
class Exchange {
  readonly #call: HttpCall;
  readonly #url: string;
  readonly #method: string;
  #current: { destroy(error: Error): unknown } | undefined;

  constructor(call: HttpCall, url: string) {
    this.#call = call;
    this.#url = url;
    this.#method = call.method ?? 'GET';
  }

  async run(begin: (fresh: boolean) => ClientRequest): Promise<HttpAnswer> {
    const { signal, deadlineMs } = this.#call;
    if (signal?.aborted) throw this.#failed('aborted', 'the caller gave up.');
    signal?.addEventListener('abort', this.#abort, { once: true });
    const late = `no answer within ${deadlineMs} ms. The server may be overloaded or stuck; or allow more time.`;
    const deadline = setTimeout(() => this.#current?.destroy(this.#failed('timeout', late)), deadlineMs);
    try {
      const incoming = await this.#ask(begin);
      const { statusCode = 0, rawHeaders } = incoming;
      return { status: statusCode, headers: headersFrom(rawHeaders), body: this.#body(incoming) };
    } catch (error) {
      this.#end();
      throw httpFailed(this.#method, this.#url, error);
    } finally {
      clearTimeout(deadline);
    }
  }

  async #ask(begin: (fresh: boolean) => ClientRequest): Promise<IncomingMessage> {
    const first = begin(false);
    try {
      return await this.#send(first);
    } catch (error) {
      // The server closed the kept connection while our request was on its way: it has not seen it.
      const stale = first.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      if (!stale || !REPEATABLE.has(this.#method)) throw error;
      return this.#send(begin(true));
    }
  }

  #send(request: ClientRequest): Promise<IncomingMessage> {
    this.#current = request;
    return new Promise((resolve, reject) => {
      // Stays: a request may fail again after it failed.
      request.on('error', reject);
      // A connection that turns to another protocol ends without an error.
      request.on('close', () => reject(Object.assign(new Error('no answer'), { code: 'ECONNRESET' })));
      request.on('response', (incoming) => {
        this.#current = incoming;
        // A failure that nobody reads is none.
        incoming.on('error', () => {});
        incoming.once('close', () => this.#end());
        // Nobody needs to read what is empty before the connection serves the next call.
        if (this.#method === 'HEAD' || incoming.headers['content-length'] === '0') incoming.resume();
        resolve(incoming);
      });
      request.end(this.#call.body);
    });
  }

  async *#body(incoming: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
    const { idleMs } = this.#call;
    const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer, void>;
    const idle = `no further byte of the answer within ${idleMs} ms. The server may be stuck; or allow more silence.`;
    try {
      for (;;) {
        const silence =
          idleMs === undefined ? undefined : setTimeout(() => incoming.destroy(this.#failed('timeout', idle)), idleMs);
        const next = await chunks.next().finally(() => clearTimeout(silence));
        if (next.done === true) return;
        yield new Uint8Array(next.value.buffer, next.value.byteOffset, next.value.length);
      }
    } catch (error) {
      throw httpFailed(this.#method, this.#url, error);
    } finally {
      incoming.destroy();
    }
  }

  readonly #abort = (): void => void this.#current?.destroy(this.#failed('aborted', 'the caller gave up.'));

  #end(): void {
    this.#call.signal?.removeEventListener('abort', this.#abort);
  }

  #failed(problem: 'aborted' | 'timeout', words: string): HttpFailed {
    return new HttpFailed(this.#url, problem, `${this.#method} ${this.#url}: ${words}`);
  }
}
