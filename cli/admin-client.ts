import { parseAddress } from '../core/address.ts';
import { RollcallError } from '../core/errors.ts';
import { HttpFailed, type HttpAnswer, type HttpClient } from '../core/ports/http.ts';
import { UsageError } from '../scenarios/errors.ts';

/** A node answers its own operators at once, or not at all. */
const DEADLINE_MS = 10_000;
/** Quiet streams carry an empty line every 15 s. */
const SILENCE_MS = 45_000;

/** The node answered, and said no. */
export class AdminRefused extends RollcallError {
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(code, message);
    this.status = status;
  }
}

/** No node answered. */
export class NodeUnreachable extends RollcallError {}

/** Where `--admin` points: `ip:port`, `name:port` or a URL. A wildcard is where a node listens, not where it is asked. */
export function adminUrl(given: string): string {
  const text = given.includes('://') ? given : `http://${given}`;
  const invalid = (): UsageError => {
    const message = `--admin is ${JSON.stringify(given)}. Give host and port, such as 127.0.0.1:50051, or a URL such as https://node1:50051.`;
    return new UsageError('INVALID_OPTION', message);
  };
  if (!URL.canParse(text)) throw invalid();
  const { protocol, hostname, port, pathname, search } = new URL(text);
  const known = protocol === 'http:' || protocol === 'https:';
  if (!known || hostname === '' || pathname !== '/' || search !== '') throw invalid();
  if (!given.includes('://') && port === '' && !given.endsWith(':80')) throw invalid();
  const host = isWildcard(hostname) ? (hostname.startsWith('[') ? '[::1]' : '127.0.0.1') : hostname;
  return `${protocol}//${host}${port === '' ? '' : `:${port}`}`;
}

/** Asks the admin interface of one node. */
export class AdminClient {
  readonly #http: HttpClient;
  readonly #url: string;
  readonly #token: string;
  readonly #signal: AbortSignal;

  constructor(http: HttpClient, url: string, token: string, signal: AbortSignal) {
    this.#http = http;
    this.#url = url;
    this.#token = token;
    this.#signal = signal;
  }

  get(path: string): Promise<unknown> {
    return this.#json('GET', path, undefined);
  }

  change(path: string, body: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return this.#json('POST', path, body);
  }

  /** The lines of a stream, empty ones included, in batches as they come: whoever is slow gets larger ones. */
  async *batches(path: string, signal?: AbortSignal): AsyncGenerator<readonly string[], void, undefined> {
    const answer = await this.#call('GET', path, undefined, signal);
    await this.#check(answer);
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const bytes of answer.body) {
        const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        yield lines;
      }
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async #json(method: string, path: string, body: Readonly<Record<string, string>> | undefined): Promise<unknown> {
    const answer = await this.#call(method, path, body);
    await this.#check(answer);
    return this.#parsed(await this.#text(answer));
  }

  async #call(
    method: string,
    path: string,
    body: Readonly<Record<string, string>> | undefined,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    try {
      return await this.#http.call({
        method,
        url: `${this.#url}${path}`,
        headers: {
          ...(this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        deadlineMs: DEADLINE_MS,
        idleMs: SILENCE_MS,
        signal: signal === undefined ? this.#signal : AbortSignal.any([this.#signal, signal]),
      });
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async #check(answer: HttpAnswer): Promise<void> {
    if (answer.status < 300) return;
    const { error } = this.#parsed(await this.#text(answer)) as { error?: { code?: unknown; message?: unknown } };
    if (typeof error?.message !== 'string') throw this.#stranger(`it answered with status ${answer.status}`);
    const advice = answer.status === 401 ? ' Give it with --token-file or ROLLCALL_ADMIN_TOKEN.' : '';
    throw new AdminRefused(answer.status, String(error.code), error.message + advice);
  }

  async #text({ body }: HttpAnswer): Promise<string> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const bytes of body) text += decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw this.#explained(error);
    }
    return text;
  }

  #parsed(text: string): object {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Told below: whoever answers without JSON is no node.
    }
    throw this.#stranger('it answered without JSON');
  }

  #stranger(problem: string): NodeUnreachable {
    return new NodeUnreachable(
      'NOT_A_NODE',
      `What listens at ${this.#url} is no Rollcall node: ${problem}. See --admin.`,
    );
  }

  #explained(error: unknown): unknown {
    if (!(error instanceof HttpFailed) || error.problem === 'aborted') return error;
    const message =
      error.problem === 'refused'
        ? `No node listens at ${this.#url}. Is it running, and is --admin its admin.bind?`
        : `The node at ${this.#url} did not answer: ${error.message}`;
    return new NodeUnreachable('NODE_UNREACHABLE', message, { cause: error });
  }
}

function isWildcard(hostname: string): boolean {
  try {
    return parseAddress(`${hostname}:1`).bytes.every((byte) => byte === 0);
  } catch {
    return false;
  }
}
