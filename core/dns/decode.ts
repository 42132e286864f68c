import { formatAddress } from '../address.ts';
import { MalformedPacket } from '../errors.ts';
import { textFromBytes } from '../wire/text.ts';
import { FLAG, HEAD_BYTES, INTERNET, LINK_BIT, OPT_CODE, TYPE_CODES } from './encode.ts';
import type { DnsData, DnsMessage, DnsQuestion, DnsRecord } from './message.ts';
import { nameOf } from './names.ts';

const TYPE_NAMES = new Map<number, string>(Object.entries(TYPE_CODES).map(([name, code]) => [code, name]));
const NAME_BYTES = 255;

/** Reads a message; throws `MalformedPacket` and nothing else. */
export function decodeDns(bytes: Uint8Array): DnsMessage {
  if (bytes.length < HEAD_BYTES) throw new MalformedPacket('truncated', `${bytes.length} bytes of a DNS message`);
  const reader = new Reader(bytes);
  const [id, flags] = [reader.uint16(), reader.uint16()];
  const counts = [reader.uint16(), reader.uint16(), reader.uint16(), reader.uint16()] as const;
  const questions = many(counts[0], () => readQuestion(reader));
  const answers = many(counts[1], () => readRecord(reader));
  const authorities = many(counts[2], () => readRecord(reader));
  const last = many(counts[3], () => readRecord(reader));
  const extension = last.find(isExtension);
  const isSet = (flag: number): boolean => (flags & flag) !== 0;
  return {
    id,
    response: isSet(FLAG.response),
    opcode: (flags >> 11) & 0xf,
    authoritative: isSet(FLAG.authoritative),
    truncated: isSet(FLAG.truncated),
    recursionDesired: isSet(FLAG.desired),
    recursionAvailable: isSet(FLAG.available),
    rcode: (flags & 0xf) | ((extension?.upperRcode ?? 0) << 4),
    room: extension?.room,
    questions,
    answers: answers.filter(isRecord),
    authorities: authorities.filter(isRecord),
    additionals: last.filter(isRecord),
  };
}

/** The pseudo-record of EDNS (RFC 6891). */
interface Extension {
  readonly type: 'OPT';
  readonly room: number;
  readonly upperRcode: number;
}

function isExtension(one: DnsRecord | Extension): one is Extension {
  return one.type === 'OPT';
}

function isRecord(one: DnsRecord | Extension): one is DnsRecord {
  return one.type !== 'OPT';
}

function many<T>(count: number, read: () => T): T[] {
  const all: T[] = [];
  for (let i = 0; i < count; i++) all.push(read());
  return all;
}

function readQuestion(reader: Reader): DnsQuestion {
  const name = reader.name();
  const type = typeName(reader.uint16()) as DnsQuestion['type'];
  const group = reader.uint16();
  return { name, type, ...classOf(group), ...((group & LINK_BIT) === 0 ? {} : { unicast: true }) };
}

function readRecord(reader: Reader): DnsRecord | Extension {
  const name = reader.name();
  const [code, group, ttl, length] = [reader.uint16(), reader.uint16(), reader.uint32(), reader.uint16()];
  const end = reader.at + length;
  if (end > reader.end) throw reader.tooShort();
  if (code === OPT_CODE) {
    reader.at = end;
    return { type: 'OPT', room: group, upperRcode: ttl >>> 24 };
  }
  const data = readData(reader, code, length);
  if (reader.at !== end) throw new MalformedPacket('bad-body', `a ${data.type} record of ${length} bytes`);
  return { name, ttl, ...classOf(group), ...((group & LINK_BIT) === 0 ? {} : { flush: true }), ...data };
}

function classOf(group: number): { class?: number } {
  const value = group & ~LINK_BIT;
  return value === INTERNET ? {} : { class: value };
}

function typeName(code: number): string {
  return TYPE_NAMES.get(code) ?? `TYPE${code}`;
}

function readData(reader: Reader, code: number, length: number): DnsData {
  const type = typeName(code) as DnsData['type'];
  const end = reader.at + length;
  switch (type) {
    case 'A':
    case 'AAAA':
      return { type, address: addressFrom(reader.bytes(type === 'A' ? 4 : 16)) };
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { type, target: reader.name() };
    case 'SRV': {
      const [priority, weight, port] = [reader.uint16(), reader.uint16(), reader.uint16()];
      return { type, priority, weight, port, target: reader.name() };
    }
    case 'TXT': {
      const texts: string[] = [];
      while (reader.at < end) texts.push(textFromBytes(reader.bytes(reader.byte())));
      return { type, texts };
    }
    case 'SOA': {
      const [primary, mailbox, serial] = [reader.name(), reader.name(), reader.uint32()];
      reader.bytes(12);
      return { type, primary, mailbox, serial, minimum: reader.uint32() };
    }
    default:
      return { type: `TYPE${code}`, bytes: reader.bytes(length).slice() };
  }
}

function addressFrom(bytes: Uint8Array): string {
  const text = formatAddress(bytes, 0);
  const host = text.slice(0, text.lastIndexOf(':'));
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

class Reader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get end(): number {
    return this.#bytes.length;
  }

  tooShort(): MalformedPacket {
    return new MalformedPacket('truncated', `a DNS message of ${this.end} bytes ends inside of what it holds`);
  }

  byte(): number {
    const value = this.#bytes[this.at++];
    if (value === undefined) throw this.tooShort();
    return value;
  }

  uint16(): number {
    return (this.byte() << 8) | this.byte();
  }

  uint32(): number {
    return this.uint16() * 0x1_0000 + this.uint16();
  }

  bytes(count: number): Uint8Array {
    if (this.at + count > this.end) throw this.tooShort();
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  /** Pointers lead back, never on: a name cannot lead round in a circle. */
  name(): string {
    const labels: string[] = [];
    let behind = -1;
    let limit = this.at;
    for (let size = 1, length = this.byte(); length !== 0; length = this.byte()) {
      if (length >= 0xc0) {
        const target = ((length & 0x3f) << 8) | this.byte();
        if (behind < 0) behind = this.at;
        if (target >= limit) throw new MalformedPacket('bad-body', 'a name that points on');
        limit = target;
        this.at = target;
        continue;
      }
      size += 1 + length;
      if (length > 63 || size > NAME_BYTES) throw new MalformedPacket('bad-body', 'a name that is too long');
      labels.push(textFromBytes(this.bytes(length)));
    }
    if (behind >= 0) this.at = behind;
    return nameOf(labels);
  }
}
