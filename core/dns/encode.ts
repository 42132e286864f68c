import { parseAddress } from '../address.ts';
import { withPort } from '../discovery/host-port.ts';
import { InvalidSetting } from '../errors.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { bytesFromText, textLength } from '../wire/text.ts';
import type { DnsData, DnsMessage, DnsQuestion, DnsRecord } from './message.ts';
import { nameOf, writableLabels } from './names.ts';

export const TYPE_CODES = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 } as const;
export const OPT_CODE = 41;
export const INTERNET = 1;
/** In the class of a record "flush", in that of a question "answer me alone": bits that only links use. */
export const LINK_BIT = 0x8000;
export const HEAD_BYTES = 12;
export const FLAG = {
  response: 1 << 15,
  authoritative: 1 << 10,
  truncated: 1 << 9,
  desired: 1 << 8,
  available: 1 << 7,
};
/** Places beyond this cannot be pointed at. */
const POINTER_MAX = 0x3fff;
const POINTER = 0xc000;
const TEXT_BYTES = 255;

/** The bytes of a message (RFC 1035, section 4.1); throws `InvalidSetting` when a name or text has no place in one. */
export function encodeDns(message: DnsMessage): Uint8Array {
  const { questions, answers, authorities, additionals, room } = message;
  const writer = new Writer();
  writer.uint16(message.id);
  writer.uint16(flagsOf(message));
  writer.uint16(questions.length);
  writer.uint16(answers.length);
  writer.uint16(authorities.length);
  writer.uint16(additionals.length + (room === undefined ? 0 : 1));
  for (const question of questions) writeQuestion(writer, question);
  for (const record of [...answers, ...authorities, ...additionals]) writeRecord(writer, record);
  if (room !== undefined) writeExtension(writer, room, message.rcode);
  return writer.take();
}

/** What a record holds, as bytes without any pointers: links compare these (RFC 6762, section 8.2). */
export function dataBytes(data: DnsData): Uint8Array {
  const writer = new Writer();
  writeData(writer, data, false);
  return writer.take();
}

export function typeCode(type: DnsQuestion['type']): number {
  return (TYPE_CODES as Readonly<Record<string, number>>)[type] ?? Number(type.slice('TYPE'.length));
}

function flagsOf(message: DnsMessage): number {
  const { response, opcode, authoritative, truncated, recursionDesired, recursionAvailable, rcode } = message;
  return (
    (response ? FLAG.response : 0) |
    ((opcode & 0xf) << 11) |
    (authoritative ? FLAG.authoritative : 0) |
    (truncated ? FLAG.truncated : 0) |
    (recursionDesired ? FLAG.desired : 0) |
    (recursionAvailable ? FLAG.available : 0) |
    (rcode & 0xf)
  );
}

function writeQuestion(writer: Writer, question: DnsQuestion): void {
  writer.name(question.name, true);
  writer.uint16(typeCode(question.type));
  writer.uint16((question.class ?? INTERNET) | (question.unicast ? LINK_BIT : 0));
}

function writeRecord(writer: Writer, record: DnsRecord): void {
  writer.name(record.name, true);
  writer.uint16(typeCode(record.type));
  writer.uint16((record.class ?? INTERNET) | (record.flush ? LINK_BIT : 0));
  writer.uint32(record.ttl);
  const lengthAt = writer.length;
  writer.uint16(0);
  writeData(writer, record, true);
  writer.setUint16(lengthAt, writer.length - lengthAt - 2);
}

function writeExtension(writer: Writer, room: number, rcode: number): void {
  writer.byte(0);
  writer.uint16(OPT_CODE);
  writer.uint16(room);
  writer.uint32((rcode >> 4) << 24);
  writer.uint16(0);
}

/** Only the types of RFC 1035 may point to names before them: others might not know how to read that (RFC 3597). */
function writeData(writer: Writer, data: DnsData, compressed: boolean): void {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return writer.bytes(addressBytes(data.address, data.type));
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return writer.name(data.target, compressed);
    case 'SRV':
      writer.uint16(data.priority);
      writer.uint16(data.weight);
      writer.uint16(data.port);
      return writer.name(data.target, false);
    case 'TXT':
      for (const text of data.texts.length === 0 ? [''] : data.texts) writeText(writer, text);
      return;
    case 'SOA':
      writer.name(data.primary, compressed);
      writer.name(data.mailbox, compressed);
      for (const value of [data.serial, 0, 0, 0, data.minimum]) writer.uint32(value);
      return;
    default:
      writer.bytes(data.bytes);
  }
}

function addressBytes(address: string, type: 'A' | 'AAAA'): Uint8Array {
  const { bytes } = parseAddress(withPort(address, 1));
  if (bytes.length === (type === 'A' ? 4 : 16)) return bytes;
  throw new InvalidSetting(`the address of an ${type} record`, address, type === 'A' ? 'IPv4' : 'IPv6');
}

function writeText(writer: Writer, text: string): void {
  const length = textLength(text);
  if (length > TEXT_BYTES) throw new InvalidSetting('a text of a TXT record', text, `${TEXT_BYTES} bytes at most`);
  writer.byte(length);
  writer.bytes(bytesFromText(text));
}

/** Bytes with the names in them, which later names may point to. */
class Writer {
  readonly #bytes = new ByteWriter();
  readonly #names = new Map<string, number>();

  get length(): number {
    return this.#bytes.length;
  }

  byte(value: number): void {
    this.#bytes.byte(value);
  }

  uint16(value: number): void {
    this.byte(value >> 8);
    this.byte(value);
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value & 0xffff);
  }

  setUint16(at: number, value: number): void {
    this.#bytes.setUint16(at, value);
  }

  bytes(values: Uint8Array): void {
    this.#bytes.bytes(values);
  }

  name(name: string, compressed: boolean): void {
    const labels = writableLabels(name);
    for (const [i, label] of labels.entries()) {
      const rest = nameOf(labels.slice(i));
      const known = this.#names.get(rest);
      if (compressed && known !== undefined) return this.uint16(POINTER | known);
      if (known === undefined && this.length <= POINTER_MAX) this.#names.set(rest, this.length);
      const bytes = bytesFromText(label);
      this.byte(bytes.length);
      this.bytes(bytes);
    }
    this.byte(0);
  }

  take(): Uint8Array {
    return this.#bytes.take();
  }
}
