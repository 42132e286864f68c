import { describe, expect, test } from 'vitest';
import { LzwEncoder } from '../../core/wire/lzw.ts';
import { Kind } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { KEY_A, bytes, refusal, security, sequence, str, uint32 } from './support.ts';

const { datagram, stream } = memberlistProtocol(security());
const KIB = 1024;
const MIB = 1024 * KIB;
const NACK = bytes('0b 81 a5 "SeqNo" 01');

const uint16 = (value: number): number[] => [value >> 8, value & 255];

function compress(content: Uint8Array): Uint8Array {
  const squeezed = new LzwEncoder().encode(content);
  const wrapped = bytes('09 82 a4 "Algo" 00 a3 "Buf" c6', uint32(squeezed.length));
  return Buffer.concat([wrapped, squeezed]);
}

function compound(...parts: Uint8Array[]): Uint8Array {
  const lengths = parts.flatMap((part) => uint16(part.length));
  return Buffer.concat([Uint8Array.of(Kind.compound, parts.length), Uint8Array.from(lengths), ...parts]);
}

function userMessage(length: number): Uint8Array {
  const message = new Uint8Array(1 + length);
  message[0] = Kind.user;
  return message;
}

const nested = (levels: number, wrap: (inner: Uint8Array) => Uint8Array): Uint8Array =>
  Array.from({ length: levels }).reduce<Uint8Array>((inner) => wrap(inner), NACK);

describe('a datagram', () => {
  test('of more than 64 KiB is refused', () => {
    expect(datagram.decode(userMessage(64 * KIB - 1)).parts).toHaveLength(1);
    expect(refusal(() => datagram.decode(userMessage(64 * KIB)))).toBe('too-large');
  });

  test('expands to 64 KiB and no further', () => {
    expect(datagram.decode(compress(userMessage(64 * KIB - 1))).parts).toHaveLength(1);
    expect(refusal(() => datagram.decode(compress(userMessage(64 * KIB))))).toBe('too-large');
    expect(refusal(() => datagram.decode(compress(userMessage(30 * MIB))))).toBe('too-large');
  });

  test('expands to 64 KiB in all its parts together', () => {
    const part = compress(userMessage(20 * KIB));
    expect(datagram.decode(compound(part, part, part)).parts).toHaveLength(3);
    expect(refusal(() => datagram.decode(compound(part, part, part, part)))).toBe('too-large');
  });

  test('expands to 64 KiB in all its levels together', () => {
    const part = compress(userMessage(40 * KIB));
    expect(datagram.decode(compress(part)).parts).toHaveLength(1);
    // The inner wrapper holds no compressible bytes, so that both levels are large.
    const noise = sequence(34 * KIB, 256);
    noise[0] = Kind.user;
    expect(datagram.decode(compress(noise)).parts).toHaveLength(1);
    expect(refusal(() => datagram.decode(compress(compress(noise))))).toBe('too-large');
  });

  test('is wrapped in four levels and no more', () => {
    for (const wrap of [compress, (inner: Uint8Array) => compound(inner)]) {
      expect(datagram.decode(nested(4, wrap)).parts).toHaveLength(1);
      expect(refusal(() => datagram.decode(nested(5, wrap)))).toBe('too-deep');
    }
    const mixed = nested(2, (inner) => compress(compound(inner)));
    expect(datagram.decode(mixed).parts).toHaveLength(1);
    expect(refusal(() => datagram.decode(compound(mixed)))).toBe('too-deep');
  });

  test('carries 255 messages and no more', () => {
    const full = compound(...Array.from({ length: 255 }, () => NACK));
    expect(datagram.decode(full).parts).toHaveLength(255);
    expect(refusal(() => datagram.decode(compound(full, NACK)))).toBe('too-many');
  });

  test('may carry sixteen messages that make no sense and no more', () => {
    const broken = [Buffer.alloc(0), bytes('63'), bytes('07'), bytes('00 81')];
    const senseless = Array.from({ length: 16 }, (_, i) => broken[i % broken.length]!);
    expect(datagram.decode(compound(NACK, ...senseless)).parts).toHaveLength(1);
    for (const one of broken) {
      expect(refusal(() => datagram.decode(compound(NACK, ...senseless, one)))).toBe('too-many');
      expect(refusal(() => datagram.decode(compound(NACK, compound(...senseless), compound(one))))).toBe('too-many');
    }
  });

  test('without any message is refused', () => {
    expect(refusal(() => datagram.decode(new Uint8Array(0)))).toBe('empty');
    expect(refusal(() => datagram.decode(bytes('07 00')))).toBe('empty');
    expect(refusal(() => datagram.decode(bytes('07 01 00 00')))).toBe('empty');
    expect(refusal(() => datagram.decode(bytes('09 82 a4 "Algo" 00 a3 "Buf" a3 00 03 02')))).toBe('empty');
    expect(refusal(() => datagram.decode(bytes('07')))).toBe('truncated');
    expect(refusal(() => datagram.decode(bytes('07 02 00 01 00')))).toBe('truncated');
    expect(refusal(() => datagram.decode(bytes('63')))).toBe('unknown-kind');
    expect(refusal(() => datagram.decode(bytes('06 80')))).toBe('unknown-kind');
    expect(refusal(() => datagram.decode(bytes('0c 00 00')))).toBe('unknown-kind');
  });

  test('compressed in an unknown way, or not really, is refused', () => {
    expect(refusal(() => datagram.decode(bytes('09 82 a4 "Algo" 01 a3 "Buf" a3 00 03 02')))).toBe('bad-compression');
    expect(refusal(() => datagram.decode(bytes('09 81 a4 "Algo" 00')))).toBe('bad-compression');
    expect(refusal(() => datagram.decode(bytes('09 81 a3 "Buf" a2 00 03')))).toBe('bad-compression');
  });
});

describe('a body', () => {
  const field = (name: string, value: string): Uint8Array => bytes('05 81', str(name), value);

  test.each([
    ['a list of 4 billion', 'dd ff ff ff ff 00', 'too-many'],
    ['a map of 4 billion', 'df ff ff ff ff 00', 'too-many'],
    ['a text of 4 GB', 'db ff ff ff ff 00', 'too-large'],
    ['bytes of 4 GB', 'c6 ff ff ff ff 00', 'too-large'],
    ['an extension of 4 GB', 'c9 ff ff ff ff 00', 'too-large'],
    ['a list whose values are not there', 'dc 80 00 00', 'truncated'],
    ['lists nested without end', '91'.repeat(1000), 'too-deep'],
    ['the one byte that means nothing', 'c1', 'bad-body'],
  ])('that claims %s is refused, even in a field that nobody reads', (_, value, reason) => {
    expect(refusal(() => datagram.decode(field('Whatever', value)))).toBe(reason);
  });

  test('that claims lists within lists is refused while nothing is there to fill them', () => {
    const bomb = field('Whatever', `dc 3f ff ${'dc 3f ff '.repeat(10)}`);
    expect(refusal(() => datagram.decode(bomb))).toBe('truncated');
  });

  test.each([
    ['a float', 'cb 3f f0 00 00 00 00 00 00'],
    ['a short float', 'ca 3f 80 00 00'],
    ['a negative number', 'ff'],
    ['a number past 32 bits', 'cf 00 00 00 01 00 00 00 00'],
    ['a number past 53 bits', 'cf ff ff ff ff ff ff ff ff'],
    ['a text', 'a1 31'],
    ['a list', '91 01'],
    ['a map', '80'],
    ['a boolean', 'c3'],
    ['a time', 'd6 ff 00 00 00 00'],
  ])('with %s for an incarnation is refused', (_, value) => {
    expect(refusal(() => datagram.decode(field('Incarnation', value)))).toBe('bad-body');
  });

  test.each([
    ['a number', '01'],
    ['a list', '91 61'],
    ['a time', 'd6 ff 00 00 00 00'],
  ])('with %s for a name is refused', (_, value) => {
    expect(refusal(() => datagram.decode(field('Node', value)))).toBe('bad-body');
  });

  test.each([
    ['a list with a float', '91 cb 3f f0 00 00 00 00 00 00'],
    ['a list with more than bytes', '91 cd 01 00'],
    ['a number', '01'],
    ['a map', '80'],
  ])('with %s for bytes is refused', (_, value) => {
    expect(refusal(() => datagram.decode(bytes('02 81 a7 "Payload"', value)))).toBe('bad-body');
  });

  test('with a number for a flag, a port past 16 bits, or an address that is none, is refused', () => {
    const target = 'a6 "Target" a4 0a 00 00 02';
    expect(datagram.decode(bytes('01 82 a4 "Nack" c3', target)).parts).toHaveLength(1);
    expect(refusal(() => datagram.decode(bytes('01 82 a4 "Nack" 01', target)))).toBe('bad-body');
    expect(refusal(() => datagram.decode(bytes('01 82 a4 "Port" ce 00 01 00 00', target)))).toBe('bad-body');
    expect(refusal(() => datagram.decode(bytes('01 81 a6 "Target" a3 0a 00 00')))).toBe('bad-body');
    expect(refusal(() => datagram.decode(bytes('01 c0')))).toBe('bad-body');
    expect(refusal(() => datagram.decode(bytes('04 81 a4 "Node" a1 "n"')))).toBe('bad-body');
  });

  test('that is no map, or has keys that are no text, is refused', () => {
    for (const body of ['91 00', '01', 'a1 61', 'c3', '81 01 00', '81 c0 00', '81 80 00', '81 90 00']) {
      expect(refusal(() => datagram.decode(bytes('05', body)))).toBe('bad-body');
    }
  });

  test('finds a float behind long keys and keys given as bytes', () => {
    const long = bytes('d9 28', Buffer.from('k'.repeat(40)));
    const float = 'cb 3f f0 00 00 00 00 00 00';
    const dead = (key: string | Uint8Array): Uint8Array => bytes('05 de 00 02', long, float, key, float);
    expect(refusal(() => datagram.decode(dead('a2 "No"')))).toBeUndefined();
    for (const header of ['ab', 'd9 0b', 'da 00 0b', 'db 00 00 00 0b', 'c4 0b', 'c5 00 0b', 'c6 00 00 00 0b']) {
      expect(refusal(() => datagram.decode(dead(bytes(header, '"Incarnation"'))))).toBe('bad-body');
    }
  });
});

describe('a stream', () => {
  const pushPull = (nodes: string, userStateLen: string): Uint8Array =>
    bytes('06 83 a4 "Join" c3 a5 "Nodes"', nodes, 'ac "UserStateLen"', userStateLen);

  /** Feeds the same piece until the reader refuses; the bytes that it took. */
  function feed(start: Uint8Array, piece: Uint8Array, most: number): [reason: string | undefined, taken: number] {
    const reader = stream.reader();
    let taken = start.length;
    const reason = refusal(() => {
      reader.push(start);
      for (; taken < most; taken += piece.length) reader.push(piece);
    });
    return [reason, taken];
  }

  test('that claims too many members, or too much user state, is refused by its header', () => {
    expect(refusal(() => stream.decode(pushPull('ce 00 10 00 00', '00')))).toBe('truncated');
    expect(refusal(() => stream.decode(pushPull('ce 00 10 00 01', '00')))).toBe('too-many');
    expect(refusal(() => stream.decode(pushPull('00', 'ce 01 40 00 00')))).toBe('truncated');
    expect(refusal(() => stream.decode(pushPull('00', 'ce 01 40 00 01')))).toBe('too-large');
    expect(refusal(() => stream.decode(pushPull('ff', '00')))).toBe('bad-body');
    expect(refusal(() => stream.decode(pushPull('00', 'd2 ff ff ff ff')))).toBe('bad-body');
    expect(refusal(() => stream.decode(bytes('08 81 aa "UserMsgLen" ce 01 40 00 01')))).toBe('too-large');
  });

  test('message of more than 20 MiB is refused as soon as it is', () => {
    const state = bytes('81 a4 "Meta" c5 ff 00', new Uint8Array(0xff00));
    const [reason, taken] = feed(pushPull('cd ff ff', '00'), state, 30 * MIB);
    expect(reason).toBe('too-large');
    expect(taken).toBeLessThanOrEqual(20 * MIB + 64 * KIB);
  });

  test('message of 20 MiB that trickles in is read in passing', () => {
    const message = { kind: Kind.user, payload: new Uint8Array(20 * MIB - 64).fill(7) };
    const encoded = stream.encode({ label: '', key: undefined, message });
    const reader = stream.reader();
    let frames = 0;
    for (let at = 0; at < encoded.length; at += 1400) frames += reader.push(encoded.subarray(at, at + 1400)).length;
    expect(frames).toBe(1);
  });

  test('body of one member is no longer than a datagram', () => {
    const [reason] = feed(bytes(pushPull('01', '00'), '81 a4 "Meta" c6 00 02 00 00'), new Uint8Array(1000), MIB);
    expect(reason).toBe('too-large');
  });

  test('of bodies in tiny values costs no more the finer it is cut', () => {
    const values = bytes('81 a1 "x" dc ff 00');
    const reader = stream.reader();
    reader.push(pushPull('01', '00'));
    reader.push(values);
    let early = 0;
    for (let i = 0; i < 0xff00 - 1; i++) early += reader.push(Uint8Array.of(1)).length;
    expect(early).toBe(0);
    expect(reader.push(Uint8Array.of(1))).toHaveLength(1);
  });

  test('sealed in more than 20 MiB is refused by its length', () => {
    const sealed = memberlistProtocol(security({ keys: () => [KEY_A] })).stream;
    expect(refusal(() => sealed.decode(bytes('0a 01 40 00 00')))).toBe('truncated');
    expect(refusal(() => sealed.decode(bytes('0a 01 40 00 01')))).toBe('too-large');
    expect(refusal(() => sealed.decode(bytes('0a 00 00 00 00')))).toBe('no-key');
  });

  test('expands to 40 MiB and no further', () => {
    const inflatedTo = (size: number): Uint8Array => {
      const states = size - 64 > 20 * MIB ? Math.ceil((size - 20 * MIB) / 0xff00) : 0;
      const state = bytes('81 a4 "Meta" c5', uint16(0xff00 - 9), new Uint8Array(0xff00 - 9));
      const rest = size - 64 - states * state.length;
      const header = pushPull(`cd ${hex(uint16(states))}`, `ce ${hex(uint32(rest))}`);
      return Buffer.concat([header, ...Array.from({ length: states }, () => state), new Uint8Array(rest)]);
    };
    const within = compress(inflatedTo(40 * MIB));
    expect(within.length).toBeLessThan(MIB);
    expect(refusal(() => stream.decode(within))).toBeUndefined();
    const beyond = compress(Buffer.concat([inflatedTo(40 * MIB), new Uint8Array(64)]));
    expect(refusal(() => stream.decode(beyond))).toBe('too-large');
  });

  test('is compressed once', () => {
    const once = compress(bytes('08 81 aa "UserMsgLen" 00'));
    expect(stream.decode(once).message).toEqual({ kind: Kind.user, payload: new Uint8Array(0) });
    expect(refusal(() => stream.decode(compress(once)))).toBe('too-deep');
    expect(refusal(() => stream.decode(compress(new Uint8Array(0))))).toBe('truncated');
  });

  test('of a million members that are not there is read without a million members', () => {
    const message = Buffer.concat([pushPull('ce 00 10 00 00', '00'), new Uint8Array(MIB).fill(0xc0)]);
    expect(stream.decode(message).message).toMatchObject({ kind: Kind.pushPull, states: [] });
  });
});

function hex(values: readonly number[]): string {
  return values.map((value) => value.toString(16).padStart(2, '0')).join(' ');
}
