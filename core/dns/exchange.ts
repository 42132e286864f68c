import { ResolveFailed } from '../ports/resolver.ts';
import type { ResolveProblem } from '../ports/resolver.ts';
import { RCODE, type DnsMessage, type DnsQuestion } from './message.ts';
import { sameName } from './names.ts';

/** One question to one server. */
export interface Trial {
  /** In lower case, without the dot at the end. */
  readonly question: DnsQuestion;
  /** `host:port`, as the exchange knows it. */
  readonly server: string;
  /** `stream`: where answers of any length have room. */
  readonly over: 'datagram' | 'stream';
  /** Announces room for larger datagrams (EDNS). */
  readonly extended: boolean;
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Asks, and gives the answer to this very question (`answersTo`); whatever keeps one from coming is a `ResolveFailed`. */
export type Exchange = (trial: Trial) => Promise<DnsMessage>;

/** Whether a message answers this question: forgers guess, and late answers to others come too. */
export function answersTo(reply: DnsMessage, id: number, question: DnsQuestion): boolean {
  const { questions, rcode } = reply;
  if (!reply.response || reply.id !== id || questions.length > 1) return false;
  const [asked] = questions;
  // Servers that cannot read the question need not repeat it.
  if (asked === undefined) return rcode === RCODE.formatError || rcode === RCODE.notImplemented;
  return asked.type === question.type && asked.class === undefined && sameName(asked.name, question.name);
}

export function failure(
  { question, server }: Pick<Trial, 'question' | 'server'>,
  problem: ResolveProblem,
  words: string,
  cause?: unknown,
): ResolveFailed {
  return new ResolveFailed(question.name, problem, `${server} ${words}`, { cause });
}

export function late(trial: Trial): ResolveFailed {
  return failure(trial, 'timeout', `did not answer within ${Math.round(trial.waitMs)} ms`);
}

export function malformed(trial: Trial): ResolveFailed {
  return failure(trial, 'malformed', 'answered with something unreadable');
}

export function givenUp(trial: Trial): ResolveFailed {
  return failure(trial, 'timeout', 'was not waited for any longer');
}
