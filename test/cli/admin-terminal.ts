import { HttpFailed, type HttpCall, type HttpClient } from '../../core/ports/http.ts';
import type { Terminal, TlsTexts } from '../../cli/terminal.ts';
import type { AdminDesk } from '../admin/desk.ts';

/** A terminal whose network is one node: commands meet the real admin interface, without sockets. */
export class AdminTerminal implements Terminal {
  environment: Record<string, string> = {};
  width = 100;
  live = false;
  readonly paint = (_: string, text: string): string => text;
  readonly calls: HttpCall[] = [];
  readonly files = new Map<string, string>();
  readonly tls: TlsTexts[] = [];
  readonly #client: HttpClient;
  input = '';
  shown = '';
  complaints = '';
  readonly #interruption = new AbortController();
  readonly signal = this.#interruption.signal;
  readonly clock: AdminDesk['lone']['clock'];
  /** How often it was told that nothing happens. */
  quietTimes = 0;

  constructor(desk: AdminDesk) {
    this.clock = desk.lone.clock;
    this.#client = {
      call: async (call) => {
        this.calls.push(call);
        const { pathname, search } = new URL(call.url);
        const body = call.body ?? '';
        const answer = await desk.ask(call.method ?? 'GET', `${pathname}${search}`, {
          headers: call.headers ?? {},
          body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
          signal: call.signal ?? this.signal,
        });
        return { status: answer.status, headers: answer.headers, body: inPieces(answer.body) };
      },
    };
  }

  http(tls: TlsTexts): HttpClient {
    this.tls.push(tls);
    return this.#client;
  }

  out = (text: string): void => void (this.shown += text);
  quiet = (): void => void (this.quietTimes += 1);
  complain = (message: string): void => void (this.complaints += message);
  readFile = (path: string): string => this.files.get(path) ?? '';
  readInput = (): Promise<string> => Promise.resolve(this.input);
  interrupt = (): void => this.#interruption.abort();

  /** Resolves once this has been shown, within a bound of turns. */
  async until(text: string): Promise<void> {
    for (let turn = 0; turn < 1_000; turn += 1) {
      if (this.shown.includes(text)) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`${JSON.stringify(text)} was not shown, but: ${this.shown}`);
  }
}

/** A terminal from which no node is reached. */
export function unreachable(terminal: AdminTerminal, problem: HttpFailed['problem']): Terminal {
  const call = ({ url }: HttpCall) => Promise.reject(new HttpFailed(url, problem, `it failed (${problem})`));
  return Object.assign(Object.create(terminal) as AdminTerminal, { http: () => ({ call }) });
}

/** Texts arrive cut in two. */
async function* inPieces(body: string | Uint8Array | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return yield* body;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const half = bytes.length >> 1;
  yield bytes.subarray(0, half);
  yield bytes.subarray(half);
}
