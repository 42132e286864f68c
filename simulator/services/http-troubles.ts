import { MILLISECOND, type Clock } from '../../core/ports/clock.ts';
import type { HttpBody, HttpHandler, HttpResponse } from '../../core/ports/http.ts';
import { bytesFromText, textFromBytes } from '../../core/wire/text.ts';
import type { Suffering } from '../program.ts';

/**
 * What may happen to every service on HTTP. `http-status`: answers { status, retryAfter?, body? } and asks nobody.
 * `http-slow`: answers `ms` later. `http-cut`: the body breaks off after `bytes`. `http-stall`: the body stops after
 * `bytes` and never ends. `http-replay`: repeats the last good answer to the same question.
 */
export const HTTP_EFFECTS = ['http-status', 'http-slow', 'http-cut', 'http-stall', 'http-replay'] as const;

interface Troubled {
  readonly clock: Clock;
  readonly suffers: (effect: string) => Suffering | undefined;
}

interface Details {
  readonly status?: number;
  readonly retryAfter?: number;
  readonly body?: string;
  readonly ms?: number;
  readonly bytes?: number;
}

/** So many questions are remembered: every blocking query is another one. */
const REPLAYED_MAX = 64;

/** A handler that answers as its faults allow. */
export function withHttpTroubles(handler: HttpHandler, { clock, suffers }: Troubled): HttpHandler {
  const answers = new Map<string, HttpResponse>();
  const struck = (effect: (typeof HTTP_EFFECTS)[number]): Details | undefined => {
    const suffering = suffers(effect);
    suffering?.strike();
    return suffering && ((suffering.argument ?? {}) as Details);
  };
  return async (request) => {
    const slow = struck('http-slow');
    if (slow !== undefined)
      await new Promise<void>((resolve) => void clock.after((slow.ms ?? 0) * MILLISECOND, resolve));
    const refusal = struck('http-status');
    if (refusal !== undefined) {
      const { status = 503, retryAfter, body = '' } = refusal;
      return { status, headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }, body };
    }
    const question = `${request.method} ${request.url} ${textFromBytes(request.body)}`;
    const before = answers.get(question);
    if (before !== undefined && struck('http-replay') !== undefined) return before;
    const response = await handler(request);
    if (response.status < 300 && isWhole(response.body)) {
      answers.delete(question);
      answers.set(question, response);
      if (answers.size > REPLAYED_MAX) answers.delete(answers.keys().next().value!);
    }
    const cut = struck('http-cut');
    const stall = cut === undefined ? struck('http-stall') : undefined;
    const broken = cut ?? stall;
    if (broken === undefined) return response;
    return { ...response, body: brokenBody(response.body, broken.bytes ?? 0, stall !== undefined) };
  };
}

function isWhole(body: HttpBody): boolean {
  return typeof body === 'string' || body instanceof Uint8Array;
}

async function* brokenBody(body: HttpBody, bytes: number, stalls: boolean): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunksOf(body)) {
    if (left > 0) yield chunk.slice(0, left);
    left -= chunk.length;
    if (left > 0) continue;
    if (stalls) await new Promise<never>(() => {});
    throw new Error('the answer breaks off');
  }
}

function chunksOf(body: HttpBody): AsyncIterable<Uint8Array> | Uint8Array[] {
  if (typeof body === 'string') return [bytesFromText(body)];
  return body instanceof Uint8Array ? [body] : body;
}
