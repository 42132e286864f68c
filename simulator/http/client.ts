import { isIp, withPort } from '../../core/discovery/host-port.ts';
import { MILLISECOND, type Timer } from '../../core/ports/clock.ts';
import { HttpFailed } from '../../core/ports/http.ts';
import type { HttpAnswer, HttpCall, HttpClient, HttpHeaders, HttpProblem } from '../../core/ports/http.ts';
import type { Address, CloseReason, Endpoint, Stream, StreamHandlers } from '../../core/ports/transport.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import type { Host } from '../program.ts';
import { CONVERSATION, httpProtocol, type HttpMessage } from './protocol.ts';
import { ipOf } from './server.ts';
import { targetOf } from './url.ts';

/** Which host of the world a name of the outside stands for, such as `metadata.google.internal`. */
export type HostNames = Readonly<Record<string, string>>;

const FIRST_PORT = 49_152;
const LAST_PORT = 65_535;

/**
 * Calls over the network of the world. Names are those of `names` and of the hosts of the world; certificates are not
 * played. The program that calls must be asynchronous.
 */
export function simulatedHttpClient(host: Host, names: HostNames = {}): HttpClient {
  let endpoint: Endpoint<HttpMessage, HttpMessage> | undefined;
  return {
    async call(call) {
      const { host: name, port, path, authority } = targetOf(call.url);
      const address = addressOf(host, names[name] ?? name);
      if (address === undefined) throw failed(call, 'name', `the name ${name} could not be resolved.`);
      endpoint ??= openAnyPort(host);
      return new Exchange(host, call).run(endpoint, withPort(address, port), path, authority);
    },
  };
}

/** The IP address of a name; addresses are their own. */
function addressOf(host: Host, name: string): string | undefined {
  if (isIp(name)) return name;
  const address = host.addressOf(name);
  return address === undefined ? undefined : ipOf(address);
}

function openAnyPort(host: Host): Endpoint<HttpMessage, HttpMessage> {
  const handlers = { onDatagram() {}, onMalformed() {}, onStream: refuse };
  for (let port = FIRST_PORT; ; port++) {
    try {
      return host.transport.open(`${ipOf(host.address)}:${port}`, httpProtocol, handlers);
    } catch (error) {
      if (port === LAST_PORT) throw error;
    }
  }
}

function refuse(stream: Stream<HttpMessage>): StreamHandlers<HttpMessage> {
  stream.close();
  return { onMessage() {}, onClose() {} };
}

function failed({ method = 'GET', url }: HttpCall, problem: HttpProblem, words: string): HttpFailed {
  return new HttpFailed(url, problem, `${method} ${url}: ${words}`);
}

const WHY: Readonly<Record<CloseReason, readonly [HttpProblem, string]>> = {
  refused: ['refused', 'nobody listens there.'],
  timeout: ['timeout', 'the server cannot be reached in time.'],
  end: ['reset', 'the connection broke off.'],
  reset: ['reset', 'the connection broke off.'],
  closed: ['aborted', 'the caller gave up.'],
  malformed: ['other', 'the answer made no sense.'],
  'endpoint-closed': ['aborted', 'the caller has ended.'],
};

/** One call, from its first byte to the last of its answer. */
class Exchange implements StreamHandlers<HttpMessage> {
  readonly #host: Host;
  readonly #call: HttpCall;
  #stream: Stream<HttpMessage> | undefined;
  #head: { resolve(head: { status: number; headers: HttpHeaders }): void; reject(error: HttpFailed): void } | undefined;
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #failure: HttpFailed | undefined;
  /** The reader that waits for the next chunk, or the end. */
  #wake: () => void = () => {};
  #timer: Timer = 0;

  constructor(host: Host, call: HttpCall) {
    this.#host = host;
    this.#call = call;
  }

  async run(
    endpoint: Endpoint<HttpMessage, HttpMessage>,
    to: Address,
    path: string,
    authority: string,
  ): Promise<HttpAnswer> {
    const { method = 'GET', headers = {}, body = '', deadlineMs, signal } = this.#call;
    if (signal?.aborted) throw failed(this.#call, 'aborted', 'the caller gave up.');
    signal?.addEventListener('abort', this.#abort, { once: true });
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const head = new Promise<{ status: number; headers: HttpHeaders }>((resolve, reject) => {
      this.#head = { resolve, reject };
    });
    this.#bound(deadlineMs, `no answer within ${deadlineMs} ms.`);
    this.#stream = endpoint.connect(to, CONVERSATION, this);
    const bytes = typeof body === 'string' ? bytesFromText(body) : body;
    this.#stream.send({ kind: 'request', method, url: path, headers: { host: authority, ...lower }, body: bytes });
    const { status, headers: answered } = await head;
    return { status, headers: answered, body: this.#body() };
  }

  onMessage(message: HttpMessage): void {
    if (message.kind === 'head') {
      this.#host.clock.cancel(this.#timer);
      this.#head?.resolve(message);
      this.#head = undefined;
    } else if (message.kind === 'chunk') this.#chunks.push(message.body);
    else if (message.kind === 'end') this.#finish();
    this.#wake();
  }

  onClose(reason: CloseReason): void {
    if (!this.#ended) this.#fail(...WHY[reason]);
  }

  async *#body(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#stream?.send({ kind: 'taken', bytes: chunk.length });
          yield chunk;
        } else if (this.#failure !== undefined) throw this.#failure;
        else if (this.#ended) return;
        else await this.#more();
      }
    } finally {
      this.#finish();
    }
  }

  async #more(): Promise<void> {
    const { idleMs } = this.#call;
    if (idleMs !== undefined) this.#bound(idleMs, `no further byte of the answer within ${idleMs} ms.`);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (idleMs !== undefined) this.#host.clock.cancel(this.#timer);
  }

  #bound(ms: number, words: string): void {
    this.#timer = this.#host.clock.after(ms * MILLISECOND, () => this.#fail('timeout', words));
  }

  readonly #abort = (): void => this.#fail('aborted', 'the caller gave up.');

  #fail(problem: HttpProblem, words: string): void {
    if (this.#failure !== undefined || this.#ended) return;
    this.#failure = failed(this.#call, problem, words);
    this.#head?.reject(this.#failure);
    this.#finish();
    this.#wake();
  }

  #finish(): void {
    this.#ended = true;
    this.#host.clock.cancel(this.#timer);
    this.#call.signal?.removeEventListener('abort', this.#abort);
    this.#stream?.close();
  }
}
