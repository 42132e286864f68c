import { MILLISECOND } from '../../core/ports/clock.ts';
import type { HttpHandler, HttpHeaders, HttpResponse } from '../../core/ports/http.ts';
import type { Address, Endpoint, Stream, StreamHandlers } from '../../core/ports/transport.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import type { Host } from '../program.ts';
import { CHUNK_BYTES, CREDIT_BYTES, httpProtocol, type HttpMessage } from './protocol.ts';

/** How often a server looks whether its reader has room again. */
const ROOM_LOOK = 5 * MILLISECOND;

/** Serves `handler` on a port of this host. The program that calls it must be asynchronous. */
export function serveSimulatedHttp(
  host: Host,
  port: number,
  handler: HttpHandler,
): Pick<Endpoint<HttpMessage, HttpMessage>, 'address' | 'close'> {
  return host.transport.open(`${ipOf(host.address)}:${port}`, httpProtocol, {
    onDatagram() {},
    onMalformed() {},
    onStream: (stream) => new Conversation(host, stream, handler),
  });
}

export function ipOf(address: Address): string {
  return address.slice(0, address.lastIndexOf(':'));
}

/** One request and its answer. */
class Conversation implements StreamHandlers<HttpMessage> {
  readonly #host: Host;
  readonly #stream: Stream<HttpMessage>;
  readonly #handler: HttpHandler;
  readonly #gone = new AbortController();
  #credit = CREDIT_BYTES;

  constructor(host: Host, stream: Stream<HttpMessage>, handler: HttpHandler) {
    this.#host = host;
    this.#stream = stream;
    this.#handler = handler;
  }

  onMessage(message: HttpMessage): void {
    if (message.kind === 'taken') this.#credit += message.bytes;
    if (message.kind === 'request') void this.#answer(message);
  }

  onClose(): void {
    this.#gone.abort();
  }

  async #answer({ method, url, headers, body }: HttpMessage & { kind: 'request' }): Promise<void> {
    const peer = { address: ipOf(this.#stream.peer), certified: false };
    let response: HttpResponse;
    try {
      response = await this.#handler({ method, url, headers, body, peer, signal: this.#gone.signal });
    } catch {
      response = { status: 500, headers: {}, body: 'the server failed' };
    }
    const whole = typeof response.body === 'string' ? bytesFromText(response.body) : response.body;
    const length: HttpHeaders = whole instanceof Uint8Array ? { 'content-length': String(whole.length) } : {};
    this.#stream.send({ kind: 'head', status: response.status, headers: { ...response.headers, ...length } });
    try {
      if (method !== 'HEAD') await this.#tell(whole);
      this.#stream.send({ kind: 'end' });
    } catch {
      // As on a real connection: an answer that breaks off ends with the connection, not with its last byte.
      this.#stream.close();
    }
  }

  async #tell(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    if (body instanceof Uint8Array) return this.#tellChunk(body);
    for await (const chunk of body) {
      if (this.#gone.signal.aborted) return;
      await this.#tellChunk(chunk);
    }
  }

  async #tellChunk(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
      while (this.#credit <= 0 && !this.#gone.signal.aborted) await this.#room();
      const body = chunk.slice(at, at + CHUNK_BYTES);
      this.#credit -= body.length;
      this.#stream.send({ kind: 'chunk', body });
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => void this.#host.clock.after(ROOM_LOOK, resolve));
  }
}
