import { HttpFailed } from '../ports/http.ts';
import type { HttpAnswer, HttpCall, HttpClient, HttpHeaders } from '../ports/http.ts';
import { SourceFailed } from './source.ts';

/** An answer that was read whole. */
export interface BackendAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly text: string;
}

export interface BackendCall extends HttpCall {
  /** Statuses besides 2xx that the caller knows what to do with. */
  readonly accepts?: readonly number[];
}

/** The backend has answered, but with a status that is not welcome. */
export class BackendRefused extends SourceFailed {
  readonly status: number;
  /** The whole answer, as it came. */
  readonly text: string;

  constructor(method: string, problem: string, more: { status: number; text: string; retryAfterMs?: number }) {
    super(method, problem, more);
    this.status = more.status;
    this.text = more.text;
  }
}

/** Far faster than our own reader, whose lossless way with broken names no backend needs. */
const UTF8 = new TextDecoder();
/** Thousands of entries fit; what is larger is a mistake, or an attack on our memory. */
const ANSWER_MAX_BYTES = 16_777_216;
const LINE_MAX_BYTES = 4_194_304;
/** What a server says of its refusal is shown to people, and some say it in pages. */
const SAID_MAX = 300;

/** Calls of one source to its backend: every way in which they go wrong is a `SourceFailed` that says what to do. */
export class BackendCalls {
  readonly #method: string;
  readonly #client: HttpClient;

  constructor(method: string, client: HttpClient) {
    this.#method = method;
    this.#client = client;
  }

  /** The whole answer. */
  async text(call: BackendCall): Promise<BackendAnswer> {
    const answer = await this.#answer(call);
    const text = await this.#whole(call, answer.body);
    if (isWelcome(answer.status, call)) return { status: answer.status, headers: answer.headers, text };
    throw this.#refused(call, answer, text);
  }

  /** The whole answer, read as JSON. */
  async json(call: BackendCall): Promise<BackendAnswer & { readonly json: unknown }> {
    const answer = await this.text(call);
    try {
      return { ...answer, json: answer.text === '' ? undefined : (JSON.parse(answer.text) as unknown) };
    } catch (cause) {
      // Not quoted: answers may hold credentials, and this is told to whoever reads logs.
      throw this.failed(call, `the answer, ${answer.text.length} characters, is no JSON.`, { cause });
    }
  }

  /** One value for each line of a streamed answer. `call.idleMs` bounds its silence. Leaving the loop ends the call. */
  async *lines(call: BackendCall): AsyncGenerator<unknown, void, undefined> {
    for await (const line of this.textLines(call)) {
      if (line.trim() === '') continue;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (cause) {
        throw this.failed(call, `a line of the answer, ${line.length} characters, is no JSON.`, { cause });
      }
      yield value;
    }
  }

  /** The same, as text. */
  async *textLines(call: BackendCall): AsyncGenerator<string, void, undefined> {
    const answer = await this.#answer(call);
    if (!isWelcome(answer.status, call)) throw this.#refused(call, answer, await this.#whole(call, answer.body));
    yield* this.#split(call, answer.body);
  }

  failed(call: HttpCall, problem: string, more?: { cause?: unknown; retryAfterMs?: number }): SourceFailed {
    return new SourceFailed(this.#method, `${askedOf(call)}: ${problem}`, more);
  }

  async #answer(call: BackendCall): Promise<HttpAnswer> {
    try {
      return await this.#client.call(call);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async #whole(call: BackendCall, body: AsyncIterable<Uint8Array>): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#chunks(body)) {
      size += chunk.length;
      if (size > ANSWER_MAX_BYTES) throw this.failed(call, `the answer is longer than ${ANSWER_MAX_BYTES} bytes.`);
      chunks.push(chunk);
    }
    return UTF8.decode(joined(chunks, size));
  }

  async *#split(call: BackendCall, body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
    let held: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#chunks(body)) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        held.push(chunk.subarray(start, end));
        yield UTF8.decode(joined(held, size + end - start));
        held = [];
        size = 0;
        start = end + 1;
      }
      // The chunk is its maker's again when the next one is asked for.
      held.push(chunk.slice(start));
      size += chunk.length - start;
      if (size > LINE_MAX_BYTES) throw this.failed(call, `a line is longer than ${LINE_MAX_BYTES} bytes.`);
    }
    if (size > 0) yield UTF8.decode(joined(held, size));
  }

  async *#chunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* body;
    } catch (error) {
      throw this.#explained(error);
    }
  }

  #explained(error: unknown): unknown {
    if (!(error instanceof HttpFailed)) return error;
    return new SourceFailed(this.#method, error.message.replace(error.url, shown(error.url)), { cause: error });
  }

  #refused(call: HttpCall, { status, headers }: HttpAnswer, text: string): BackendRefused {
    const said = text.trim() === '' ? '' : `: ${short(text)}`;
    const retryAfterMs = retryAfter(headers['retry-after']);
    const more = { status, text, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    return new BackendRefused(this.#method, `${askedOf(call)}: status ${status}${said}`, more);
  }
}

function isWelcome(status: number, { accepts = [] }: BackendCall): boolean {
  return (status >= 200 && status < 300) || accepts.includes(status);
}

/** In seconds; the other form, a date, is sent by none of the backends. */
function retryAfter(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * 1_000) : undefined;
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function short(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length <= SAID_MAX ? line : `${line.slice(0, SAID_MAX)}…`;
}

function askedOf({ method = 'GET', url }: HttpCall): string {
  return `${method} ${shown(url)}`;
}

/** Without a password, and without what follows the question mark: tokens travel there. */
function shown(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^@/]*@/i, '$1').replace(/\?.*$/, '');
}
