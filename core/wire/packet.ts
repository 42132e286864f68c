import { InvalidSetting, MalformedPacket } from '../errors.ts';
import type { Codec, PartVisitor } from '../ports/transport.ts';
import { BodyEncoder, valuesOf } from './body.ts';
import { ByteWriter } from './byte-writer.ts';
import { COMPOUND_HEADER, COMPOUND_PART } from './compound.ts';
import { Compressor } from './compress.ts';
import { crc32 } from './crc.ts';
import { findLabel, labelBytes, labelHeader, labelHeaderSize, wrongLabel } from './label.ts';
import { DATAGRAM_BYTES, DATAGRAM_PARTS } from './limits.ts';
import { Kind } from './messages.ts';
import type { Message, Packet } from './messages.ts';
import { PacketOpener } from './packet-opener.ts';
import { KIND_NAMES, visitPart } from './parts.ts';
import { looksSealed, open, seal, sealedSize } from './seal.ts';
import type { Opened } from './seal.ts';
import type { Security } from './security.ts';
import { messageSize } from './sizes.ts';

/** The kind and the CRC in front of what it covers. */
export const CHECKSUM_HEADER = 5;

/**
 * Datagrams, from the inside out: messages, compound, compression, checksum, seal, label.
 */
export class PacketCodec implements Codec<Packet> {
  readonly kindNames = KIND_NAMES;
  readonly #security: Security;
  readonly #label: Uint8Array;
  readonly #bodies = new BodyEncoder();
  readonly #compressor = new Compressor();
  readonly #opener = new PacketOpener(this.#compressor);
  readonly #writer = new ByteWriter();

  constructor(security: Security) {
    this.#security = security;
    this.#label = labelBytes(security.label);
  }

  encode(packet: Packet): Uint8Array {
    const { label, key, checksum } = packet;
    const { crypto, sealVersion } = this.#security;
    const content = this.#content(packet.parts);
    const plain = checksum ? withChecksum(content) : content;
    const body = key === undefined ? plain : seal(crypto, sealVersion, key, plain, labelBytes(label));
    const header = labelHeader(label);
    const bytes = new Uint8Array(header.length + body.length);
    bytes.set(header);
    bytes.set(body, header.length);
    return bytes;
  }

  size(packet: Packet): number {
    const { label, key, checksum, parts } = packet;
    const content = this.#security.compress ? this.#content(parts).length : contentSize(parts);
    const plain = checksum ? CHECKSUM_HEADER + content : content;
    return labelHeaderSize(label) + (key === undefined ? plain : sealedSize(plain, this.#security.sealVersion));
  }

  parts(packet: Packet, visit: PartVisitor): void {
    const { parts } = packet;
    for (let i = 0; i < parts.length; i++) visitPart(parts[i]!, messageSize(parts[i]!), visit);
  }

  decode(bytes: Uint8Array): Packet {
    if (bytes.length > DATAGRAM_BYTES) {
      throw new MalformedPacket('too-large', `A datagram of more than ${DATAGRAM_BYTES} bytes.`);
    }
    // Also turns a Buffer, whose `slice` does not copy, into a plain view.
    const all = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    const body = this.#withoutLabel(all);
    const opened = this.#unsealed(body);
    const plain = opened?.plain ?? body;
    const checksum = plain[0] === Kind.checksum && plain.length >= CHECKSUM_HEADER;
    try {
      const parts = this.#opener.open(checksum ? withoutChecksum(plain) : plain);
      return { label: this.#security.label, key: opened?.key, checksum, parts };
    } catch (error) {
      if (opened === undefined && error instanceof MalformedPacket && looksSealed(body)) throw sealedForUs(error);
      throw error;
    }
  }

  /** The messages in their compound, compressed when that is on and helps; valid until the next call. */
  #content(parts: readonly Message[]): Uint8Array {
    const writer = this.#writer;
    writer.reset();
    if (parts.length === 1) this.#write(parts[0]!);
    else this.#writeCompound(parts);
    const content = writer.view();
    if (!this.#security.compress) return content;
    const wrapped = this.#compressor.wrap(content);
    return wrapped.length < content.length ? wrapped : content;
  }

  #writeCompound(parts: readonly Message[]): void {
    const writer = this.#writer;
    if (parts.length === 0 || parts.length > DATAGRAM_PARTS) {
      throw new InvalidSetting('packet.parts.length', parts.length, `1 to ${DATAGRAM_PARTS}: split the packet`);
    }
    writer.byte(Kind.compound);
    writer.byte(parts.length);
    writer.skip(COMPOUND_PART * parts.length);
    for (const [i, part] of parts.entries()) {
      const start = writer.length;
      this.#write(part);
      const length = writer.length - start;
      if (length > 0xffff) throw new InvalidSetting('packet part bytes', length, 'at most 65535: send it on a stream');
      writer.setUint16(COMPOUND_HEADER + COMPOUND_PART * i, length);
    }
  }

  #write(message: Message): void {
    this.#writer.byte(message.kind);
    if (message.kind === Kind.user) this.#writer.bytes(message.payload);
    else this.#bodies.encode(valuesOf(message), (bytes) => this.#writer.bytes(bytes));
  }

  #withoutLabel(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) throw new MalformedPacket('empty', 'A datagram without bytes.');
    const found = findLabel(bytes);
    if (found === undefined) throw new MalformedPacket('truncated', 'The bytes end inside the label header.');
    if (found.label !== this.#security.label) throw wrongLabel(found.label, this.#security.label);
    const body = bytes.subarray(found.size);
    if (body[0] === Kind.label) throw new MalformedPacket('wrong-label', 'A datagram with two labels.');
    return body;
  }

  /** Undefined for plain text, where that is welcome. */
  #unsealed(body: Uint8Array): Opened | undefined {
    const { crypto, acceptPlain } = this.#security;
    const keys = this.#security.keys();
    if (keys.length === 0) return undefined;
    const opened = open(crypto, keys, body, this.#label);
    if (opened !== undefined) return opened;
    if (looksSealed(body)) throw new MalformedPacket('no-key', 'No key that is installed here opens it.');
    if (!acceptPlain) throw new MalformedPacket('not-sealed', 'Plain text, but this cluster is encrypted.');
    return undefined;
  }
}

function sealedForUs(cause: MalformedPacket): MalformedPacket {
  return new MalformedPacket('sealed', 'It seems encrypted, but no keys are installed here.', { cause });
}

function contentSize(parts: readonly Message[]): number {
  let size = parts.length === 1 ? 0 : COMPOUND_HEADER + COMPOUND_PART * parts.length;
  for (let i = 0; i < parts.length; i++) size += messageSize(parts[i]!);
  return size;
}

function withChecksum(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(CHECKSUM_HEADER + content.length);
  bytes[0] = Kind.checksum;
  new DataView(bytes.buffer).setUint32(1, crc32(content));
  bytes.set(content, CHECKSUM_HEADER);
  return bytes;
}

function withoutChecksum(bytes: Uint8Array): Uint8Array {
  const content = bytes.subarray(CHECKSUM_HEADER);
  const expected = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (crc32(content) !== expected) throw new MalformedPacket('bad-checksum', 'The checksum does not fit the bytes.');
  return content;
}
