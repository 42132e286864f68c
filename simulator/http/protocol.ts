import { framedReader } from '../../core/framed-reader.ts';
import { MalformedPacket } from '../../core/errors.ts';
import type { HttpHeaders } from '../../core/ports/http.ts';
import type { Codec, Protocol, StreamCodec } from '../../core/ports/transport.ts';
import { bytesFromText, textFromBytes, textLength } from '../../core/wire/text.ts';

/** What travels between a client and a server of a simulated world: one request for each connection. */
export type HttpMessage =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly url: string;
      readonly headers: HttpHeaders;
      readonly body: Uint8Array;
    }
  | { readonly kind: 'head'; readonly status: number; readonly headers: HttpHeaders }
  | { readonly kind: 'chunk'; readonly body: Uint8Array }
  /** The reader has taken so many bytes: as many more may follow. */
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'end' };

const NOTHING = new Uint8Array(0);
const KINDS = { request: 1, head: 2, chunk: 3, taken: 4, end: 5 } as const;
/** Two lengths before the description of a message and its body. */
const HEAD_BYTES = 8;

function bodyOf(message: HttpMessage): Uint8Array {
  return 'body' in message ? message.body : NOTHING;
}

function described(message: HttpMessage): string {
  return JSON.stringify({ ...message, body: undefined });
}

function sizeOf(message: HttpMessage): number {
  return HEAD_BYTES + textLength(described(message)) + bodyOf(message).length;
}

const datagram: Codec<HttpMessage> = {
  encode(message) {
    const [about, body] = [bytesFromText(described(message)), bodyOf(message)];
    const bytes = new Uint8Array(HEAD_BYTES + about.length + body.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, about.length);
    view.setUint32(4, body.length);
    bytes.set(about, HEAD_BYTES);
    bytes.set(body, HEAD_BYTES + about.length);
    return bytes;
  },
  decode(bytes) {
    const end = messageEnd(bytes, 0);
    if (end !== bytes.length) throw new MalformedPacket('truncated', `${bytes.length} bytes of an HTTP message`);
    const aboutEnd = HEAD_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    let about: HttpMessage;
    try {
      about = JSON.parse(textFromBytes(bytes.subarray(HEAD_BYTES, aboutEnd))) as HttpMessage;
    } catch {
      throw new MalformedPacket('bad-body', 'an HTTP message without a readable head');
    }
    if (KINDS[about.kind] === undefined) throw new MalformedPacket('bad-body', `an HTTP message of kind ${about.kind}`);
    return about.kind === 'request' || about.kind === 'chunk' ? { ...about, body: bytes.slice(aboutEnd) } : about;
  },
  size: sizeOf,
  parts(message, visit) {
    const subject = message.kind === 'request' ? `${message.method} ${message.url}` : '';
    visit(KINDS[message.kind], sizeOf(message), message.kind === 'head' ? message.status : 0, subject, 0);
  },
  kindNames: Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [kind, `http ${name}`])),
};

/** Where the message that begins at `start` ends; `Infinity` while its head is not there. */
function messageEnd(bytes: Uint8Array, start: number): number {
  if (bytes.length - start < HEAD_BYTES) return Infinity;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  return start + HEAD_BYTES + view.getUint32(0) + view.getUint32(4);
}

const stream: StreamCodec<HttpMessage> = {
  ...datagram,
  reader: () => framedReader(messageEnd, (bytes) => datagram.decode(bytes)),
};

export const httpProtocol: Protocol<HttpMessage, HttpMessage> = { datagram, stream };

/** Bytes under way that no reader has taken: enough to keep a connection busy. */
export const CREDIT_BYTES = 262_144;
/** One message of a body holds at most this much. */
export const CHUNK_BYTES = 65_536;
/** No connection lasts longer. Long polls are shorter by far. */
export const CONVERSATION: number = 24 * 3_600 * 1_000_000;
