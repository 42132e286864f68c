import { adminHandler, type AdminOptions } from '../../core/admin/handler.ts';
import type { HttpBody, HttpHandler, HttpRequest, HttpResponse } from '../../core/ports/http.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { RecordingLog } from '../health/recording-log.ts';
import { LoneNode } from '../membership/lone-node.ts';
import { FakeNode } from '../metrics/fake-node.ts';

type Config = AdminOptions['config'];

const JSON_TYPE = { 'content-type': 'application/json' };

/** The admin interface of one node, asked without sockets. */
export class AdminDesk {
  readonly lone = new LoneNode();
  readonly node = new FakeNode(this.lone);
  readonly log = new RecordingLog();
  readonly #handler: HttpHandler;

  constructor(config: Partial<Config> = {}) {
    this.#handler = adminHandler(this.node, {
      config: { bind: '127.0.0.1:50051', allowChanges: undefined, token: '', caFile: '', ...config },
      crypto: nodeCrypto(),
      clock: this.lone.clock,
      log: this.log,
      scrape: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'rollcall_ready 1\n' }),
    });
  }

  async ask(method: string, url: string, more: Partial<HttpRequest> = {}): Promise<HttpResponse> {
    return this.#handler({
      method,
      url,
      headers: {},
      body: new Uint8Array(0),
      peer: { address: '127.0.0.1', certified: false },
      signal: new AbortController().signal,
      ...more,
    });
  }

  /** Status and JSON of an answer. */
  async json(method: string, url: string, more: Partial<HttpRequest> = {}) {
    const { status, body } = await this.ask(method, url, more);
    return { status, body: JSON.parse(body as string) as unknown };
  }

  /** A change with this JSON. */
  change(path: string, value: unknown = {}, headers: Readonly<Record<string, string>> = {}) {
    const body = new TextEncoder().encode(JSON.stringify(value));
    return this.json('POST', path, { body, headers: { ...JSON_TYPE, ...headers } });
  }
}

/** The lines of a streamed body, one at a time. */
export function linesOf(body: HttpBody): AsyncIterator<Uint8Array> {
  if (typeof body === 'string' || body instanceof Uint8Array) throw new Error('The body is no stream.');
  return body[Symbol.asyncIterator]();
}
