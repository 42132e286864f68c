import { messageOf } from '../../errors.ts';
import type { HttpTrust } from '../../ports/http.ts';
import { textFromBytes } from '../../wire/text.ts';
import { BackendCalls, type BackendAnswer } from '../backend-calls.ts';
import type { SourcePorts } from '../source-type.ts';
import { SourceFailed, type Ask } from '../source.ts';
import type { ConsulConfig } from './consul-config.ts';

export const METHOD = 'consul';

export type Query = Readonly<Record<string, string | undefined>>;
export type Answered = BackendAnswer & { readonly json: unknown };

/** An answer is sent whole: a server that stops in the middle is stuck. */
const BODY_SILENCE_MS = 10_000;
const LOCAL_AGENT = '127.0.0.1:8500';

type Access = Pick<ConsulConfig, 'addr' | 'namespace' | 'token' | 'tokenFile' | 'caFile' | 'certFile' | 'keyFile'>;
type AccessPorts = Pick<SourcePorts, 'http' | 'files' | 'environment'>;

/** Calls to an agent or server, with the place and the credentials that the configuration and the environment give. */
export class ConsulApi {
  readonly #access: Access;
  readonly #ports: AccessPorts;
  readonly #base: string;

  constructor(access: Access, ports: AccessPorts) {
    const said = ports.environment;
    this.#access = {
      addr: access.addr || said['CONSUL_HTTP_ADDR'] || LOCAL_AGENT,
      namespace: access.namespace || said['CONSUL_NAMESPACE'] || '',
      token: access.token || (access.tokenFile === '' && said['CONSUL_HTTP_TOKEN']) || '',
      tokenFile: access.tokenFile || said['CONSUL_HTTP_TOKEN_FILE'] || '',
      caFile: access.caFile || said['CONSUL_CACERT'] || '',
      certFile: access.certFile || said['CONSUL_CLIENT_CERT'] || '',
      keyFile: access.keyFile || said['CONSUL_CLIENT_KEY'] || '',
    };
    this.#ports = ports;
    this.#base = baseOf(this.#access.addr, said['CONSUL_HTTP_SSL'] === 'true');
  }

  get(path: string, query: Query, ask: Ask, accepts?: readonly number[]): Promise<Answered> {
    return this.#call('GET', path, query, ask, { accepts });
  }

  put(path: string, query: Query, ask: Ask, more: { body?: unknown; accepts?: readonly number[] }): Promise<Answered> {
    return this.#call('PUT', path, query, ask, more);
  }

  async #call(
    method: string,
    path: string,
    query: Query,
    { deadlineMs, signal }: Ask,
    { body, accepts = [] }: { readonly body?: unknown; readonly accepts?: readonly number[] | undefined },
  ): Promise<Answered> {
    const [token, trust] = await Promise.all([this.#token(), this.#trust()]);
    const { namespace } = this.#access;
    const call = {
      method,
      url: `${this.#base}${path}${asText({ ...query, ns: namespace || undefined })}`,
      headers: {
        ...(token === '' ? {} : { 'x-consul-token': token }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      deadlineMs,
      idleMs: BODY_SILENCE_MS,
      signal,
      accepts,
    };
    const calls = new BackendCalls(METHOD, this.#ports.http(trust));
    const answer = await calls.text(call);
    // Refusals that the caller expects are sentences; what was asked for is JSON, or nothing at all.
    if (answer.status >= 300 && !/^\s*[[{]/.test(answer.text)) return { ...answer, json: undefined };
    try {
      return { ...answer, json: answer.text.trim() === '' ? undefined : (JSON.parse(answer.text) as unknown) };
    } catch (cause) {
      throw calls.failed(call, 'the answer is cut short, or no JSON.', { cause });
    }
  }

  /** Read anew for each call: tokens are rotated under running nodes. */
  async #token(): Promise<string> {
    const { token, tokenFile } = this.#access;
    return token !== '' || tokenFile === '' ? token : (await this.#text(tokenFile)).trim();
  }

  async #trust(): Promise<HttpTrust | undefined> {
    const { caFile, certFile, keyFile } = this.#access;
    if (caFile === '' && certFile === '') return undefined;
    const [ca, cert, key] = await Promise.all(
      [caFile, certFile, keyFile].map(async (path) => (path === '' ? undefined : this.#text(path))),
    );
    return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  }

  async #text(path: string): Promise<string> {
    try {
      return textFromBytes(await this.#ports.files.read(path));
    } catch (cause) {
      throw new SourceFailed(METHOD, messageOf(cause), { cause });
    }
  }
}

function baseOf(addr: string, secure: boolean): string {
  const bare = addr.replace(/\/+$/, '');
  return /^https?:\/\//.test(bare) ? bare : `${secure ? 'https' : 'http'}://${bare}`;
}

function asText(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${given.map(([name, value]) => (value === '' ? name : `${name}=${encodeURIComponent(value!)}`)).join('&')}`;
}
