import { RollcallError } from '../errors.ts';

/** Header names are in lower case; repeated headers are joined with a comma and a space. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** Bytes as they come; a text stands for its UTF-8. */
export type HttpBody = string | Uint8Array | AsyncIterable<Uint8Array>;

export interface HttpRequest {
  readonly method: string;
  /** Path and query, such as `/members?state=alive`. */
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
  /** Who asks. */
  readonly peer: HttpPeer;
  /** Aborts when the asker has gone: a long answer should stop. */
  readonly signal: AbortSignal;
}

export interface HttpPeer {
  /** The IP address, without a port. */
  readonly address: string;
  /** It showed a certificate that our authority signed (mutual TLS). */
  readonly certified: boolean;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: HttpBody;
}

/** The one shape of a server: routes are functions, whoever serves them. It answers errors itself; a throw is a 500. */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/** Why no answer came. */
export type HttpProblem = 'refused' | 'reset' | 'timeout' | 'name' | 'tls' | 'too-large' | 'aborted' | 'other';

export class HttpFailed extends RollcallError {
  readonly url: string;
  readonly problem: HttpProblem;

  constructor(url: string, problem: HttpProblem, message: string, options?: { cause?: unknown }) {
    super('HTTP_FAILED', message, options);
    this.url = url;
    this.problem = problem;
  }
}

export interface HttpCall {
  readonly method?: string;
  readonly url: string;
  readonly headers?: HttpHeaders;
  readonly body?: string | Uint8Array;
  /** From the call to the response's head, in milliseconds. The body is bounded by its reader, or by `idleMs`. */
  readonly deadlineMs: number;
  /** The longest silence inside the body; none unless given: a long poll may be silent for minutes. */
  readonly idleMs?: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** May be read once. Leaving the loop early closes the connection; a failure in between throws `HttpFailed`. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Contract: any status is an answer; only what kept an answer from coming is an `HttpFailed`. Redirects are not followed. */
export interface HttpClient {
  call(request: HttpCall): Promise<HttpAnswer>;
}

/** PEM: whom to believe in place of the usual authorities, and what to show to servers that ask. */
export interface HttpTrust {
  readonly ca?: string | Uint8Array;
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
}

/** Where clients come from. Equal trust gives the same client, so that connections are shared; nobody closes it. */
export type HttpClients = (trust?: HttpTrust) => HttpClient;
