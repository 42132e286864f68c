import type { ServerResponse } from 'node:http';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../core/ports/http.ts';

export interface AnswerOptions {
  readonly stallMs: number;
  readonly onError: (error: unknown) => void;
}

/** Asks the handler and sends what it says. Never rejects for what the handler does. */
export async function answer(
  handler: HttpHandler,
  request: HttpRequest,
  outgoing: ServerResponse,
  { stallMs, onError }: AnswerOptions,
): Promise<void> {
  try {
    const response = await handler(request);
    if (request.signal.aborted) return;
    await send(response, request, outgoing, stallMs);
  } catch (error) {
    // Whoever has gone gets nothing: to stop by an error is as good as any other way.
    if (request.signal.aborted) return;
    onError(error);
    // A part of an answer must not look like a whole one.
    if (outgoing.headersSent) outgoing.destroy();
    else answerError(outgoing, 500, { code: 'INTERNAL', message: 'The server failed to answer.' });
  }
}

export interface HttpError {
  readonly code: string;
  readonly message: string;
}

/** In the form of the admin interface: whoever asks it reads one form. */
export function answerError(outgoing: ServerResponse, status: number, error: HttpError): void {
  writeError(outgoing, status, error);
  outgoing.end();
}

/** Leaves the answer open. */
export function writeError(outgoing: ServerResponse, status: number, error: HttpError, headers = {}): void {
  const bytes = Buffer.from(`${JSON.stringify({ error })}\n`);
  outgoing.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers });
  outgoing.write(bytes);
}

async function send(
  { status, headers, body }: HttpResponse,
  { method, signal }: HttpRequest,
  outgoing: ServerResponse,
  stallMs: number,
): Promise<void> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  // What a HEAD leaves out has a length only if it is known.
  const sized = bytes instanceof Uint8Array && (!bodiless || bytes.length > 0) && status !== 204;
  outgoing.writeHead(status, { ...(sized ? { 'content-length': bytes.length } : undefined), ...headers });
  if (!bodiless && !(bytes instanceof Uint8Array)) await pour(bytes, outgoing, signal, stallMs);
  outgoing.end(!bodiless && bytes instanceof Uint8Array ? bytes : undefined);
  await reader(outgoing, 'finish', stallMs);
}

/** Chunk by chunk, no faster than they are taken, until one side has no more. */
async function pour(
  body: AsyncIterable<Uint8Array>,
  outgoing: ServerResponse,
  signal: AbortSignal,
  stallMs: number,
): Promise<void> {
  outgoing.flushHeaders();
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await orAborted(chunks.next(), signal);
    if (next?.done === true) return;
    if (next !== undefined && !outgoing.write(next.value)) await reader(outgoing, 'drain', stallMs);
    if (!signal.aborted) continue;
    // A source that is busy with its next chunk ends only after that.
    await chunks.return?.();
    return;
  }
}

function orAborted<T>(coming: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    coming.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Waits until the reader has taken what was written, or has gone. */
function reader(outgoing: ServerResponse, taken: 'drain' | 'finish', stallMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (outgoing.destroyed || (taken === 'finish' && outgoing.writableFinished)) return resolve();
    const stalled = setTimeout(() => outgoing.destroy(), stallMs);
    const done = (): void => {
      clearTimeout(stalled);
      outgoing.off(taken, done).off('close', done);
      resolve();
    };
    outgoing.on(taken, done).on('close', done);
  });
}
