import { RollcallError } from '../errors.ts';

/** What the name service said about one question. */
export interface DnsAnswer<T> {
  /** Empty when the name, or records of this type under it, do not exist: that is an answer too. */
  readonly records: readonly T[];
  /** How long this may be believed: the least TTL on the way, or the negative lifetime (RFC 2308) of an empty answer. */
  readonly lifetimeMs: number;
  /** False when the answer was cut short: there may be more records. */
  readonly complete: boolean;
  /** Why there are no records. */
  readonly absent?: 'no-such-name' | 'no-such-records';
}

export interface DnsService {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** A full name, in lower case, without the dot at the end. */
  readonly target: string;
  /** The target's IP addresses, as far as the answer brought them along; when empty, ask for the addresses of `target.`. */
  readonly addresses: readonly string[];
}

/** `timeout`: nobody answered in time. `refused`, `server-failure`: the server said so. `malformed`: it made no sense. */
export type ResolveProblem = 'timeout' | 'refused' | 'server-failure' | 'malformed' | 'unreachable';

/** The name service did not answer: this says nothing about whether the name exists. */
export class ResolveFailed extends RollcallError {
  readonly question: string;
  readonly problem: ResolveProblem;

  constructor(question: string, problem: ResolveProblem, message: string, options?: { cause?: unknown }) {
    super('RESOLVE_FAILED', message, options);
    this.question = question;
    this.problem = problem;
  }
}

/** How long a question may take, and who may give it up; both are the resolver's own affair unless given. */
export interface ResolveLimits {
  /** For everything that is done to answer it. */
  readonly deadlineMs?: number;
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/**
 * Questions to the name service. It keeps nothing: how long an answer is believed is its reader's affair.
 *
 * Contract: aliases are followed; records come in the order in which they should be tried (SRV by priority, and by
 * weighted chance inside one); every failure is a `ResolveFailed`.
 */
export interface Resolver {
  /** IPv4 and IPv6 addresses of a name; a dot at its end says that it is full. An IP address is its own answer. */
  addresses(name: string, limits?: ResolveLimits): Promise<DnsAnswer<string>>;
  services(name: string, limits?: ResolveLimits): Promise<DnsAnswer<DnsService>>;
  /** Each record's strings joined. */
  texts(name: string, limits?: ResolveLimits): Promise<DnsAnswer<string>>;
}
