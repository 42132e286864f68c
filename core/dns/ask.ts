import { MILLISECOND, type Clock, type Micros } from '../ports/clock.ts';
import { ResolveFailed } from '../ports/resolver.ts';
import type { ResolveProblem } from '../ports/resolver.ts';
import { failure, givenUp, type Exchange, type Trial } from './exchange.ts';
import { RCODE, type DnsMessage, type DnsQuestion } from './message.ts';

/** Whom to ask, how often, and until when. */
export interface Plan {
  readonly exchange: Exchange;
  readonly clock: Pick<Clock, 'now'>;
  readonly servers: readonly string[];
  /** For one question to one server. */
  readonly timeoutMs: number;
  readonly attempts: number;
  /** When everything must be over, by the clock. */
  readonly endsAt: Micros;
  readonly signal: AbortSignal | undefined;
}

/** What a server said tells more than that one was silent; first the most telling. */
const TELLING: readonly ResolveProblem[] = ['server-failure', 'refused', 'malformed', 'timeout', 'unreachable'];

const ADVICE: Readonly<Record<ResolveProblem, string>> = {
  'server-failure': 'Look into the log of the name server, and at the servers that it asks.',
  refused: 'The name server does not answer for this name, or not for this machine: check its zones and access lists.',
  malformed: 'Check that these are name servers, and that nothing on the way changes their answers.',
  timeout: 'Check the addresses of the name servers, and that firewalls let UDP and TCP port 53 through.',
  unreachable: 'Check the addresses of the name servers, and that they run.',
};

/** Asks one server after the other until one knows, or knows that there is nothing. */
export async function ask(question: DnsQuestion, plan: Plan): Promise<DnsMessage> {
  const { timeoutMs, signal } = plan;
  const failures: ResolveFailed[] = [];
  let { servers } = plan;
  for (let attempt = 0; attempt < plan.attempts; attempt++) {
    const silent: string[] = [];
    for (const server of servers) {
      if (leftMs(plan) <= 0 || signal?.aborted) break;
      try {
        return await askServer({ question, server, over: 'datagram', extended: true, waitMs: timeoutMs, signal }, plan);
      } catch (error) {
        if (!(error instanceof ResolveFailed)) throw error;
        failures.push(error);
        // Who has spoken will say the same again.
        if (error.problem !== 'server-failure' && error.problem !== 'refused') silent.push(server);
      }
    }
    servers = silent;
  }
  throw summary(question, failures);
}

function leftMs({ clock, endsAt }: Plan): number {
  return (endsAt - clock.now()) / MILLISECOND;
}

async function askServer(trial: Trial, plan: Plan): Promise<DnsMessage> {
  const exchange = (how: Trial['over']): Promise<DnsMessage> => {
    if (trial.signal?.aborted) throw givenUp(trial);
    return plan.exchange({ ...trial, over: how, waitMs: Math.max(0, Math.min(trial.waitMs, leftMs(plan))) });
  };
  const reply = await exchange('datagram');
  if (UNEXTENDED.has(reply.rcode) && trial.extended) return askServer({ ...trial, extended: false }, plan);
  if (reply.rcode !== RCODE.noError && reply.rcode !== RCODE.noSuchName) throw saidNo(trial, reply.rcode);
  if (isReferral(reply)) throw failure(trial, 'server-failure', 'knows only others to ask');
  if (!reply.truncated) return reply;
  try {
    const whole = await exchange('stream');
    if (whole.rcode === RCODE.noError || whole.rcode === RCODE.noSuchName) return whole;
    throw saidNo(trial, whole.rcode);
  } catch (error) {
    // A part is better than nothing; nothing at all must not look like an answer.
    if (reply.answers.length > 0) return reply;
    throw error;
  }
}

/** Not absence (RFC 2308, section 2.2): the server has no authority here, and asks nobody on behalf of others. */
function isReferral({ answers, authorities, rcode, truncated }: DnsMessage): boolean {
  const has = (type: string): boolean => authorities.some((record) => record.type === type);
  return rcode === RCODE.noError && !truncated && answers.length === 0 && has('NS') && !has('SOA');
}

/** What servers say that do not know EDNS, or another version of it. */
const UNEXTENDED: ReadonlySet<number> = new Set<number>([RCODE.formatError, RCODE.notImplemented, RCODE.badVersion]);

function saidNo(trial: Trial, rcode: number): ResolveFailed {
  if (rcode === RCODE.refused) return failure(trial, 'refused', 'refused the question');
  return failure(trial, 'server-failure', `failed to find out (code ${rcode})`);
}

function summary({ name, type }: DnsQuestion, failures: readonly ResolveFailed[]): ResolveFailed {
  const problem = mostTelling(failures)?.problem ?? 'timeout';
  const said = [...new Set(failures.map(({ message }) => message))];
  const servers = said.length === 0 ? 'there was no time left to ask' : said.join('; ');
  const words = `The ${type} records of ${name} are not known: ${servers}. ${ADVICE[problem]}`;
  return new ResolveFailed(name, problem, words, { cause: failures.at(-1) });
}

export function mostTelling(failures: readonly ResolveFailed[]): ResolveFailed | undefined {
  return failures.toSorted((a, b) => TELLING.indexOf(a.problem) - TELLING.indexOf(b.problem))[0];
}
