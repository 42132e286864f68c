import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { InvalidSetting } from '../../core/errors.ts';
import type { HttpHandler, HttpPeer, HttpRequest } from '../../core/ports/http.ts';
import { addressOf, placeOf } from '../sockets/place.ts';
import { headersFrom } from './headers.ts';
import { answer, answerError, writeError } from './answer.ts';

export interface ListenerOptions {
  /** The path under which the handler is mounted, such as `/cluster`; it sees the rest. Everything else is 404. */
  readonly basePath?: string;
  /** Larger bodies are refused with 413. 1 MiB unless given. */
  readonly bodyMaxBytes?: number;
  /** A reader that takes nothing for so long is taken for gone. 30 s unless given. */
  readonly stallMs?: number;
  /** Hears what the handler threw, or what broke off its answer: the asker is told nothing of it. */
  readonly onError?: (error: unknown) => void;
}

const MEBIBYTE = 1_048_576;

/** What serves `handler` in a server of `node:http`, `node:https` or whoever calls listeners like theirs. */
export function requestListener(
  handler: HttpHandler,
  options: ListenerOptions = {},
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const { basePath = '', bodyMaxBytes = MEBIBYTE, stallMs = 30_000, onError = () => {} } = options;
  if (!/^(?:\/[^/?#]+)*$/.test(basePath)) {
    throw new InvalidSetting('basePath', basePath, "'' or a path that begins, but does not end, with a slash");
  }

  const listen = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    const url = urlUnder(basePath, incoming.url ?? '/');
    if (url === undefined)
      return answerError(outgoing, 404, { code: 'NOT_FOUND', message: `Everything is below ${basePath}.` });
    const body = await readBody(incoming, bodyMaxBytes);
    if (body === 'broken off') return;
    if (body === 'too large') return refuseBody(incoming, outgoing, bodyMaxBytes);
    const request: HttpRequest = {
      method: incoming.method ?? 'GET',
      url,
      headers: headersFrom(incoming.rawHeaders),
      body,
      peer: peerOf(incoming),
      signal: gone.signal,
    };
    await answer(handler, request, outgoing, { stallMs, onError });
  };

  return (incoming, outgoing) => {
    listen(incoming, outgoing).catch((error: unknown) => {
      onError(error);
      outgoing.destroy();
    });
  };
}

/** Path and query below `base`. Callers of proxies may send whole addresses. */
function urlUnder(base: string, url: string): string | undefined {
  const local = url.replace(/^[a-z]+:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/');
  if (!local.startsWith(base)) return undefined;
  const rest = local.slice(base.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : undefined;
}

async function readBody(incoming: IncomingMessage, max: number): Promise<Uint8Array | 'too large' | 'broken off'> {
  if (Number(incoming.headers['content-length'] ?? 0) > max) return 'too large';
  const chunks: Uint8Array[] = [];
  let size = 0;
  return new Promise((resolve) => {
    // Whoever mounted us may have read it before.
    if (incoming.readableEnded) resolve(new Uint8Array(0));
    incoming.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= max) chunks.push(chunk);
      else resolve('too large');
    });
    incoming.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    incoming.on('error', () => resolve('broken off'));
    incoming.on('close', () => resolve('broken off'));
  });
}

/** How long the rest of a refused body is thrown away before the connection is closed. */
const LINGER_MS = 1_000;

/** Whoever is still sending would lose the answer if the connection were closed right behind it. */
function refuseBody(incoming: IncomingMessage, outgoing: ServerResponse, max: number): void {
  const error = { code: 'BODY_TOO_LARGE', message: `The body may have ${max} bytes at most.` };
  writeError(outgoing, 413, error, { connection: 'close' });
  const end = setTimeout(() => outgoing.end(), LINGER_MS);
  incoming.resume();
  incoming.once('close', () => {
    clearTimeout(end);
    outgoing.end();
  });
}

function peerOf(incoming: IncomingMessage): HttpPeer {
  const socket = incoming.socket as TLSSocket;
  // A resumed session counts as authorized even if no certificate was ever shown in it.
  const certified = socket.authorized === true && socket.getPeerX509Certificate() !== undefined;
  return { address: placeOf(addressOf(socket.remoteAddress ?? '0.0.0.0', 0)).host, certified };
}
