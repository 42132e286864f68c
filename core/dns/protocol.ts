import { framedReader } from '../framed-reader.ts';
import type { Codec, Protocol, StreamCodec } from '../ports/transport.ts';
import { decodeDns } from './decode.ts';
import { encodeDns } from './encode.ts';
import type { DnsMessage } from './message.ts';

/** On streams each message stands behind its length (RFC 1035, section 4.2.2). */
const LENGTH_BYTES = 2;
const KINDS = { question: 1, answer: 2 } as const;

const datagram: Codec<DnsMessage> = {
  encode: encodeDns,
  decode: decodeDns,
  size: (message) => encodeDns(message).length,
  parts(message, visit) {
    const [asked] = message.questions;
    const subject = asked === undefined ? '' : `${asked.type} ${asked.name}`;
    const kind = message.response ? KINDS.answer : KINDS.question;
    visit(kind, encodeDns(message).length, message.rcode, subject, message.answers.length);
  },
  kindNames: Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [kind, `dns ${name}`])),
};

const stream: StreamCodec<DnsMessage> = {
  ...datagram,
  encode(message) {
    const bytes = encodeDns(message);
    const framed = new Uint8Array(LENGTH_BYTES + bytes.length);
    framed.set([bytes.length >> 8, bytes.length & 0xff]);
    framed.set(bytes, LENGTH_BYTES);
    return framed;
  },
  decode: (bytes) => decodeDns(bytes.subarray(LENGTH_BYTES)),
  size: (message) => LENGTH_BYTES + encodeDns(message).length,
  reader: () => framedReader(messageEnd, (bytes) => decodeDns(bytes.subarray(LENGTH_BYTES))),
};

/** Infinity while its length is not there. */
function messageEnd(bytes: Uint8Array, start: number): number {
  if (bytes.length - start < LENGTH_BYTES) return Infinity;
  return start + LENGTH_BYTES + ((bytes[start]! << 8) | bytes[start + 1]!);
}

export const dnsProtocol: Protocol<DnsMessage, DnsMessage> = { datagram, stream };
