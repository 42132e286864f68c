import { RECURSION_DESIRED, decode, encode } from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';

export type Kind = 'A' | 'AAAA' | 'SRV' | 'TXT';

export interface Question {
  /** Lower case, without the dot at the end. */
  readonly name: string;
  readonly kind: Kind;
}

export interface Reply {
  readonly rcode: number;
  /** There was more than fitted. */
  readonly truncated: boolean;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
  readonly additionals: readonly Answer[];
}

export const RCODE = { noError: 0, formatError: 1, noSuchName: 3, notImplemented: 4, refused: 5, badVersion: 16 };

/** What passes every network unfragmented (DNS flag day 2020). */
const DATAGRAM_BYTES = 1232;

/** `extended` announces room for larger answers (EDNS). */
export function encodeQuestion({ name, kind }: Question, id: number, extended: boolean): Buffer {
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ type: kind, name }],
    additionals: extended ? [EXTENSION] : [],
  });
}

const EXTENSION: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: DATAGRAM_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/** `stranger`: not an answer to this question. `nonsense`: it carries its number, and yet cannot be read. */
export function decodeReply(bytes: Buffer, id: number, question: Question): Reply | 'stranger' | 'nonsense' {
  if (bytes.length < 2 || bytes.readUInt16BE(0) !== id) return 'stranger';
  let packet: DecodedPacket;
  try {
    packet = decode(bytes);
  } catch {
    return 'nonsense';
  }
  const { questions = [], answers = [], authorities = [], additionals = [], flags = 0 } = packet;
  const [asked] = questions;
  const low = flags & 0xf;
  // Servers that cannot read the question need not repeat it.
  const unread = asked === undefined && (low === RCODE.formatError || low === RCODE.notImplemented);
  const same = asked?.type === question.kind && asked.class === 'IN' && sameName(asked.name, question.name);
  if (!packet.flag_qr || !(unread || (same && questions.length === 1))) return 'stranger';
  const extension = additionals.find((record) => record.type === 'OPT');
  const rcode = ((extension?.extendedRcode ?? 0) << 4) | low;
  return { rcode, truncated: packet.flag_tc, answers, authorities, additionals };
}

export function sameName(a: string, b: string): boolean {
  return plainName(a) === plainName(b);
}

/** Lower case, without the dot at the end; the root is ''. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** What can be asked for: labels of 1 to 63 bytes, 253 in all. Longer ones would be encoded as something else. */
export function isAskable(name: string): boolean {
  return name.length <= 253 && /^[!-~]+$/.test(name) && name.split('.').every((label) => /^.{1,63}$/.test(label));
}
