import { messageOf } from '../../errors.ts';
import type { HttpCall, HttpClient } from '../../ports/http.ts';
import { BackendCalls, type BackendAnswer } from '../backend-calls.ts';
import type { Budget } from '../cloud/budget.ts';
import { jsonFrom, textAt, valueAt } from '../cloud/loose.ts';
import { SourceFailed } from '../source.ts';
import { CODES, refusalOf, type Refusal } from './etcd-answers.ts';

export const METHOD = 'etcd';

export interface EtcdAccess {
  /** `http://host:port` each, at least one. */
  readonly endpoints: readonly string[];
  /** '' where the cluster asks for none. */
  readonly user: string;
  readonly password: string;
}

type Limits = Pick<HttpCall, 'deadlineMs' | 'idleMs' | 'signal'>;

type Rest = Pick<NonNullable<ConstructorParameters<typeof SourceFailed>[2]>, 'retryAfterMs'>;

/** etcd has answered, and refuses. */
export class EtcdRefused extends SourceFailed {
  readonly grpcCode: number;

  constructor(call: HttpCall, { code, message }: Refusal, rest: Rest = {}) {
    super(METHOD, `${call.url}: ${message}. ${adviceOn(code, message)}`.trim(), rest);
    this.grpcCode = code;
  }
}

/** 3.4 and later, and 3.3 (3.4 knows both). */
const PREFIXES = ['/v3', '/v3beta'] as const;
/** All with which the gateway sends an error in JSON. */
const REFUSALS = [400, 401, 403, 404, 408, 409, 412, 429, 499, 500, 501, 503, 504];
/**
 * A member without a leader then refuses at once, and ends its streams, where it would otherwise wait 5 s or more, and
 * leave streams open and silent for ever.
 */
const HEADERS = { 'content-type': 'application/json', 'grpc-metadata-hasleader': 'true' };

/** Another member may know better than one that answers so. */
const ELSEWHERE: ReadonlySet<number> = new Set([CODES.unknown, CODES.deadline, CODES.internal, CODES.unavailable]);

/** Calls to a cluster through the gateways of its members: one that does not answer is passed over for the next. */
export class EtcdCalls {
  readonly #access: EtcdAccess;
  readonly #client: () => Promise<HttpClient>;
  /** The endpoint that answered last. */
  #good = 0;
  #prefix: (typeof PREFIXES)[number] = PREFIXES[0];
  /** '' where the cluster wants none; undefined until we have logged in. */
  #token: string | undefined;

  constructor(access: EtcdAccess, client: () => Promise<HttpClient>) {
    this.#access = access;
    this.#client = client;
    if (access.user === '') this.#token = '';
  }

  /** The answer of the first endpoint that gives one that `judge` does not throw at. */
  async ask(
    path: string,
    body: unknown,
    budget: Budget,
    judge: (answer: unknown) => void = () => {},
  ): Promise<unknown> {
    const { endpoints } = this.#access;
    const failures: unknown[] = [];
    const first = this.#good;
    for (let i = 0; i < endpoints.length; i += 1) {
      const at = (first + i) % endpoints.length;
      // A member that hangs takes its share of the time, not all of it.
      const share = Math.ceil(budget.leftMs / (endpoints.length - i));
      try {
        const limits = (): Limits => budget.limits(share);
        const answer = await this.#authorized(at, limits, (token) => this.#post(at, path, body, limits, token));
        judge(answer);
        this.#good = at;
        return answer;
      } catch (error) {
        if (!isWorthAnotherTry(error)) throw error;
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    const why = failures.map(messageOf).join(' ');
    // Where every endpoint asks for a rest, the shortest is enough.
    const rests = failures.map((failure) => (failure instanceof SourceFailed ? (failure.retryAfterMs ?? 0) : 0));
    throw new SourceFailed(METHOD, `none of the ${failures.length} endpoints could be asked. ${why}`, {
      cause: failures.at(-1),
      retryAfterMs: Math.min(...rests),
    });
  }

  /** The results of a stream, one by one, from the endpoint that answered last. Leaving the loop ends the call. */
  async *follow(path: string, body: unknown, limits: Limits): AsyncGenerator<unknown, void, undefined> {
    const calls = new BackendCalls(METHOD, await this.#client());
    const call = this.#call(this.#good, path, body, limits, this.#token ?? '');
    for await (const line of calls.lines({ ...call, accepts: REFUSALS })) {
      const result = valueAt(line, 'result');
      // A stream that is refused is opened, and says so in words alone.
      const said = textAt(result, 'cancel_reason');
      const refusal = refusalOf(line) ?? (said === '' ? undefined : { code: CODES.unknown, message: said });
      if (refusal !== undefined) {
        if (isAboutTokens(refusal.message)) this.#forgetToken();
        throw new EtcdRefused(call, refusal);
      }
      yield result;
    }
  }

  /** Whatever is asked next, another endpoint is asked first. */
  passOver(): void {
    this.#good = (this.#good + 1) % this.#access.endpoints.length;
  }

  async #authorized(at: number, limits: () => Limits, work: (token: string) => Promise<unknown>): Promise<unknown> {
    const token = this.#token ?? (await this.#logIn(at, limits));
    try {
      return await work(token);
    } catch (error) {
      // Tokens end after some minutes, and with the member that made them.
      if (this.#access.user === '' || !(error instanceof EtcdRefused && isAboutTokens(error.message))) throw error;
      if (this.#token === token) this.#forgetToken();
      return work(this.#token ?? (await this.#logIn(at, limits)));
    }
  }

  async #logIn(at: number, limits: () => Limits): Promise<string> {
    const { user: name, password } = this.#access;
    try {
      this.#token = textAt(await this.#post(at, 'auth/authenticate', { name, password }, limits, ''), 'token');
    } catch (error) {
      // As long as it is not switched on, etcd takes no passwords, and needs none.
      const off = error instanceof EtcdRefused && error.message.includes('authentication is not enabled');
      if (!off) throw error;
      this.#token = '';
    }
    return this.#token;
  }

  #forgetToken(): void {
    if (this.#access.user !== '') this.#token = undefined;
  }

  async #post(at: number, path: string, body: unknown, limits: () => Limits, token: string): Promise<unknown> {
    const calls = new BackendCalls(METHOD, await this.#client());
    const first = this.#call(at, path, body, limits(), token);
    let answer = await calls.text({ ...first, accepts: REFUSALS });
    if (isUnknownPath(answer)) {
      this.#prefix = this.#prefix === '/v3' ? '/v3beta' : '/v3';
      answer = await calls.text({ ...this.#call(at, path, body, limits(), token), accepts: REFUSALS });
    }
    const json = jsonFrom(answer.text);
    const refusal = refusalOf(json);
    // Of a proxy in front of it: etcd itself says nothing of the kind.
    const rest = restIn(answer);
    if (refusal !== undefined) throw new EtcdRefused(first, refusal, rest);
    if (answer.status >= 200 && answer.status < 300 && json !== undefined) return json;
    throw calls.failed(first, `status ${answer.status}, and no answer of etcd's: is its gateway there?`, rest);
  }

  #call(at: number, path: string, body: unknown, limits: Limits, token: string): HttpCall {
    const headers = token === '' ? HEADERS : { ...HEADERS, authorization: token };
    const url = `${this.#access.endpoints[at]}${this.#prefix}/${path}`;
    return { method: 'POST', url, headers, body: JSON.stringify(body), ...limits };
  }
}

function isUnknownPath({ status, text }: BackendAnswer): boolean {
  return status === 404 && refusalOf(jsonFrom(text)) === undefined;
}

function restIn({ headers }: BackendAnswer): Rest {
  const seconds = headers['retry-after'] ?? '';
  return /^\d{1,6}$/.test(seconds) ? { retryAfterMs: Number(seconds) * 1_000 } : {};
}

function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof EtcdRefused) return ELSEWHERE.has(error.grpcCode);
  return error instanceof SourceFailed;
}

function isAboutTokens(message: string): boolean {
  return /invalid auth token|user name is empty|revision in auth store is old|auth store is old/.test(message);
}

/** What people can do about it. */
function adviceOn(code: number, message: string): string {
  if (message.includes('user name is empty'))
    return 'The cluster asks for a name: set user and password of the source.';
  if (message.includes('authentication failed')) return 'Check user and password of the source.';
  if (code === CODES.denied) return 'Grant the user readwrite on the prefix of the source.';
  if (code === CODES.exhausted) return 'Compact and defragment etcd, then disarm its NOSPACE alarm.';
  if (message.includes('no leader')) return 'It has lost its quorum, or elects a leader.';
  return '';
}
