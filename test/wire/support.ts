import * as fc from 'fast-check';
import { expect } from 'vitest';
import { formatAddress } from '../../core/address.ts';
import { MalformedPacket } from '../../core/errors.ts';
import type { MalformedReason } from '../../core/errors.ts';
import { Kind, State } from '../../core/wire/messages.ts';
import type { Description, Frame, Message, Packet, PeerState, StreamMessage } from '../../core/wire/messages.ts';
import type { Security } from '../../core/wire/security.ts';
import { textFromBytes } from '../../core/wire/text.ts';
import { nodeCrypto } from '../../transports/crypto.ts';

export const KEY_A = new Uint8Array(16).fill(1);
export const KEY_B = new Uint8Array(32).fill(2);

export function security(changes: Partial<Security> = {}): Security {
  return {
    label: '',
    crypto: nodeCrypto(),
    keys: () => [],
    compress: false,
    sealVersion: 1,
    acceptPlain: false,
    ...changes,
  };
}

/** Bytes from text in double quotes and hexadecimal in between: `00 81 a4 "Node" a1 "x"`. */
export function bytes(...parts: (string | Uint8Array | number[])[]): Uint8Array {
  const all: number[] = [];
  for (const part of parts) {
    if (typeof part !== 'string') {
      all.push(...part);
      continue;
    }
    for (const piece of part.match(/"[^"]*"|[0-9a-fA-F]{2}/g) ?? []) {
      if (piece.startsWith('"')) all.push(...Buffer.from(piece.slice(1, -1)));
      else all.push(Number.parseInt(piece, 16));
    }
  }
  return Uint8Array.from(all);
}

/** A msgpack string or map key with the length in front, for texts of up to 31 bytes. */
export function str(text: string): Uint8Array {
  return Uint8Array.of(0xa0 | text.length, ...Buffer.from(text));
}

export function uint32(value: number): number[] {
  return [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** A cheap fixed sequence, so that the large inputs are the same in every run. */
export function sequence(length: number, symbols: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 16) % symbols;
  });
}

export function refusal(action: () => unknown): MalformedReason | undefined {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedPacket);
    return (error as MalformedPacket).reason;
  }
  return undefined;
}

export function alive(name: string, extra: Partial<Description> = {}, incarnation = 1): Message {
  return {
    kind: Kind.alive,
    incarnation,
    about: {
      name,
      address: '10.0.0.1:7946',
      meta: new Uint8Array(0),
      vsn: Uint8Array.of(1, 5, 2, 2, 5, 4),
      ...extra,
    },
  };
}

export function packet(...parts: Message[]): Packet {
  return { label: '', key: undefined, checksum: false, parts };
}

const uint32s = fc.oneof(
  fc.constantFrom(0, 127, 128, 255, 256, 65535, 65536, 0xffffffff),
  fc.integer({ min: 0, max: 0xffffffff }),
);
const binary = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const codePoints = fc.oneof(
  fc.constantFrom(0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xffff, 0x10000, 0x10ffff),
  fc.integer({ min: 0, max: 0x7ff }),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
);
/** Any proper Unicode. (fast-check's own unit for this takes a second to build.) */
export const unicode = fc.array(codePoints, { maxLength: 20 }).map((points) => String.fromCodePoint(...points));
/** Texts as they come off the wire: ASCII, any Unicode, and bytes that are no text at all. */
const texts = fc.oneof(
  fc.string({ maxLength: 40 }),
  unicode,
  binary(40).map(textFromBytes),
  fc.integer({ min: 30, max: 300 }).map((length) => 'n'.repeat(length)),
);
const ports = fc.oneof(fc.constantFrom(1, 127, 128, 255, 256, 7946, 65535), fc.integer({ min: 1, max: 65535 }));
const ipBytes = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((v4) => bytes('00 00 00 00 00 00 00 00 00 00 ff ff', v4)),
);
export const addresses = fc.tuple(ipBytes, ports).map(([ip, port]) => formatAddress(ip, port));
const sources = fc.option(fc.record({ name: texts, address: addresses }), { nil: undefined });
const descriptions: fc.Arbitrary<Description> = fc.record({
  name: texts,
  address: addresses,
  meta: binary(600),
  vsn: fc.uint8Array({ minLength: 6, maxLength: 6 }),
});

const pings = fc.record({ kind: fc.constant(Kind.ping), sequence: uint32s, node: texts, source: sources });
const acks = fc.record({
  kind: fc.constant(Kind.ack),
  sequence: uint32s,
  payload: fc.option(binary(300), { nil: undefined }),
});
const users = fc.record({ kind: fc.constant(Kind.user), payload: binary(2000) });
const errors = fc.record({ kind: fc.constant(Kind.error), error: texts });
const accusation = { node: texts, incarnation: uint32s, from: texts };

export const messages: fc.Arbitrary<Message> = fc.oneof(
  pings,
  fc.record({
    kind: fc.constant(Kind.indirectPing),
    sequence: uint32s,
    node: texts,
    target: addresses,
    nack: fc.boolean(),
    source: sources,
  }),
  acks,
  fc.record({ kind: fc.constant(Kind.nack), sequence: uint32s }),
  fc.record({ kind: fc.constant(Kind.suspect), ...accusation }),
  fc.record({ kind: fc.constant(Kind.dead), ...accusation }),
  fc.record({ kind: fc.constant(Kind.alive), incarnation: uint32s, about: descriptions }),
  users,
  errors,
);

const peerStates: fc.Arbitrary<PeerState> = fc.record({
  about: descriptions,
  incarnation: uint32s,
  state: fc.constantFrom(...Object.values(State)),
});

const streamMessages: fc.Arbitrary<StreamMessage> = fc.oneof(
  { arbitrary: pings, weight: 1 },
  { arbitrary: acks, weight: 1 },
  { arbitrary: users, weight: 1 },
  { arbitrary: errors, weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant(Kind.pushPull),
      join: fc.boolean(),
      states: fc.array(peerStates, { maxLength: 20 }),
      userState: binary(1000),
    }),
    weight: 3,
  },
);

/** Every way to wrap: what all members have agreed on, and whether this packet is sealed and checksummed. */
const wrappings = fc
  .record({
    label: fc.constantFrom('', 'blue', 'größer'),
    key: fc.constantFrom(undefined, KEY_A, KEY_B),
    compress: fc.boolean(),
    sealVersion: fc.constantFrom<0 | 1>(0, 1),
    checksum: fc.boolean(),
  })
  .map(({ label, key, compress, sealVersion, checksum }) => ({
    key,
    checksum,
    security: security({
      label,
      compress,
      sealVersion,
      keys: () => (key === undefined ? [] : [KEY_A, KEY_B]),
    }),
  }));

export const wrappedPackets = fc
  .tuple(wrappings, fc.array(messages, { minLength: 1, maxLength: 12 }))
  .map(([wrapping, parts]) => ({
    security: wrapping.security,
    packet: {
      label: wrapping.security.label,
      key: wrapping.key,
      checksum: wrapping.checksum,
      parts,
    } satisfies Packet,
  }));

export const wrappedFrames = fc.tuple(wrappings, streamMessages, fc.boolean()).map(([wrapping, message, dialer]) => ({
  security: wrapping.security,
  frame: { label: dialer ? wrapping.security.label : '', key: wrapping.key, message } satisfies Frame,
}));
