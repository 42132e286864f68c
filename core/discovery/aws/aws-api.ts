import { SourceFailed } from '../source.ts';
import type { BackendCalls } from '../backend-calls.ts';
import type { Budget } from '../cloud/budget.ts';
import type { Held } from '../cloud/held.ts';
import { jsonFrom, textAt } from '../cloud/loose.ts';
import { REFUSALS } from '../cloud/refusal.ts';
import type { SourcePorts } from '../source-type.ts';
import { awsRefusal } from './aws-errors.ts';
import type { Imds } from './imds.ts';
import { awsHost } from './place.ts';
import { amzDate, authorization, type AwsCredentials } from './sigv4.ts';

/** One call of a service of AWS. */
export interface AwsCall {
  readonly service: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the identity must be allowed to do, for people. */
  readonly permissions: string;
}

export interface AwsApiParts {
  readonly method: string;
  readonly ports: SourcePorts;
  readonly calls: BackendCalls;
  readonly credentials: Held<AwsCredentials>;
  readonly imds: Imds;
  /** '' for that of the instance. */
  readonly region: string;
  /** '' for the public ones. */
  readonly endpoint: string;
}

/** Signed calls to the services of one region. */
export class AwsApi {
  readonly #parts: AwsApiParts;
  #region: string;

  constructor(parts: AwsApiParts) {
    this.#parts = parts;
    this.#region = parts.region;
  }

  /** The text of the answer; fresh credentials are fetched where those that are held are refused. */
  async post(budget: Budget, call: AwsCall): Promise<string> {
    const region = await this.#place(budget);
    const { endpoint, credentials: held } = this.#parts;
    const url = endpoint === '' ? `https://${awsHost(call.service, region)}/` : endpoint;
    return held.use(budget, (credentials) => this.#signed(budget, call, url, region, credentials));
  }

  async #signed(
    budget: Budget,
    { service, headers, body, permissions }: AwsCall,
    url: string,
    region: string,
    credentials: AwsCredentials,
  ): Promise<string> {
    const { method, calls, ports } = this.#parts;
    const { clock, crypto } = ports;
    const { host, path } = partsOf(url);
    const { sessionToken } = credentials;
    // The client itself says the host.
    const own: Record<string, string> = { ...headers, 'x-amz-date': amzDate(clock.wallTime()) };
    if (sessionToken !== '') own['x-amz-security-token'] = sessionToken;
    const what = { method: 'POST', path, query: [], headers: { ...own, host }, body };
    const sent = { ...own, authorization: authorization(crypto, what, { region, service }, credentials) };
    const request = { method: 'POST', url, headers: sent, body, accepts: REFUSALS, ...budget.limits() };
    const answer = await calls.text(request);
    if (answer.status >= 300) throw awsRefusal(method, request, answer, permissions);
    return answer.text;
  }

  async #place(budget: Budget): Promise<string> {
    if (this.#region !== '') return this.#region;
    const document = await this.#parts.imds.read(budget, '/latest/dynamic/instance-identity/document');
    const region = textAt(jsonFrom(document ?? ''), 'region');
    // It becomes part of a host.
    if (!/^[a-z0-9-]+$/.test(region))
      throw new SourceFailed(this.#parts.method, 'the region is not known. Give region, such as eu-central-1.');
    this.#region = region;
    return region;
  }
}

/** The host as clients name it to servers: without the port that the scheme implies. */
function partsOf(url: string): { host: string; path: string } {
  const [, scheme = '', authority = '', path = '/'] = /^(https?):\/\/([^/?]*)([^?]*)/i.exec(url) ?? [];
  const implied = scheme.toLowerCase() === 'https' ? /:443$/ : /:80$/;
  return { host: authority.toLowerCase().replace(implied, ''), path: path === '' ? '/' : path };
}
