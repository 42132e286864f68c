import type { BackendAnswer, BackendCall } from '../backend-calls.ts';
import { SourceFailed } from '../source.ts';
import { CredentialsRefused } from './held.ts';

/** Statuses with a body that says what is wrong. */
export const REFUSALS: readonly number[] = [400, 401, 403, 404, 409, 410, 412, 429, 500, 502, 503, 504];

/** What to do about refusals with one of these codes. */
export interface Advice {
  readonly codes: readonly string[];
  readonly says: string;
  /** Too much was asked: how long to leave the cloud alone unless it says so itself. */
  readonly retryAfterMs?: number;
  /** Fresh credentials may help. */
  readonly credentials?: true;
}

const SAID_MAX = 200;

/** A refusal in words. Of what the cloud says only the first line: further ones may repeat what was signed, tokens too. */
export function refused(
  method: string,
  call: BackendCall,
  { status, headers }: BackendAnswer,
  { code, said }: { readonly code: string; readonly said: string },
  advices: readonly Advice[],
): SourceFailed {
  const advice = advices.find(({ codes }) => codes.includes(code) || codes.includes(String(status)));
  const words = [code, said.trim().split('\n', 1)[0]!.slice(0, SAID_MAX)].filter((part) => part !== '').join(': ');
  const where = `${call.method ?? 'GET'} ${call.url.split('?', 1)[0]}`;
  const problem = `${where}: status ${status}${words && ` (${words})`}. ${advice?.says ?? ''}`.trim();
  const seconds = headers['retry-after'] ?? '';
  const retryAfterMs = /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : advice?.retryAfterMs;
  const more = retryAfterMs === undefined ? {} : { retryAfterMs };
  return advice?.credentials ? new CredentialsRefused(method, problem, more) : new SourceFailed(method, problem, more);
}
