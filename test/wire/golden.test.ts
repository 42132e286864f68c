import { describe, expect, test } from 'vitest';
import { seal } from '../../core/wire/seal.ts';
import { Kind, State } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { crc32 } from '../../core/wire/crc.ts';
import { KEY_A, bytes, security, str, uint32 } from './support.ts';

const { datagram, stream } = memberlistProtocol(security());
const only = (input: Uint8Array): unknown => datagram.decode(input).parts[0];
const frame = (input: Uint8Array): unknown => stream.decode(input).message;

/** `{ Node: 'n', SeqNo: 1 }` */
const PING_BODY = bytes('82 a4 "Node" a1 "n" a5 "SeqNo" 01');
const PING = bytes('00', PING_BODY);
const PING_MESSAGE = { kind: Kind.ping, sequence: 1, node: 'n', source: undefined };
const VSN = Uint8Array.of(1, 5, 2, 2, 5, 4);

describe('bytes as Go members send them', () => {
  test('a ping says who asks and where to answer', () => {
    const input = bytes(
      '00 85 a4 "Node" a5 "fake1" a5 "SeqNo" 01 aa "SourceAddr" a4 7f 00 00 1f aa "SourceNode" a2 "s1" aa "SourcePort" cd 1f 0a',
    );
    expect(only(input)).toEqual({
      kind: Kind.ping,
      sequence: 1,
      node: 'fake1',
      source: { name: 's1', address: '127.0.0.31:7946' },
    });
  });

  test('a ping without its source comes from an old sender, and one without a name asks anybody', () => {
    expect(only(PING)).toEqual(PING_MESSAGE);
    expect(only(bytes('00 81 a5 "SeqNo" 01'))).toEqual({ ...PING_MESSAGE, node: '' });
  });

  test('a source without a port is no source', () => {
    const input = bytes('00 82 aa "SourceAddr" a4 7f 00 00 1f aa "SourceNode" a2 "s1"');
    expect(only(input)).toMatchObject({ source: undefined });
  });

  test('an indirect ping names its target', () => {
    const input = bytes(
      '01 85 a4 "Nack" c3 a4 "Node" a1 "n" a4 "Port" cd 1f 0a a5 "SeqNo" 07 a6 "Target" a4 0a 00 00 02',
    );
    expect(only(input)).toEqual({
      kind: Kind.indirectPing,
      sequence: 7,
      node: 'n',
      target: '10.0.0.2:7946',
      nack: true,
      source: undefined,
    });
  });

  test('an ack has a payload, an empty one, or none', () => {
    const ack = (payload: string): unknown => only(bytes('02 82 a7 "Payload"', payload, 'a5 "SeqNo" ce 00 01 00 00'));
    expect(ack('c0')).toEqual({ kind: Kind.ack, sequence: 65536, payload: undefined });
    expect(ack('a0')).toEqual({ kind: Kind.ack, sequence: 65536, payload: new Uint8Array(0) });
    expect(ack('a2 01 ff')).toEqual({ kind: Kind.ack, sequence: 65536, payload: Uint8Array.of(1, 0xff) });
  });

  test('a nack has a number only', () => {
    expect(only(bytes('0b 81 a5 "SeqNo" 07'))).toEqual({ kind: Kind.nack, sequence: 7 });
  });

  test('suspect and dead name accuser and accused', () => {
    const body = '83 a4 "From" a1 "x" ab "Incarnation" ce 65 00 00 00 a4 "Node" a1 "n"';
    const meaning = { node: 'n', incarnation: 0x65000000, from: 'x' };
    expect(only(bytes('03', body))).toEqual({ kind: Kind.suspect, ...meaning });
    expect(only(bytes('05', body))).toEqual({ kind: Kind.dead, ...meaning });
  });

  const aliveBytes = (address: string, name: string | Uint8Array, meta: string): Uint8Array =>
    bytes(
      '04 86 a4 "Addr"',
      address,
      'ab "Incarnation" 02 a4 "Meta"',
      meta,
      'a4 "Node"',
      name,
      'a4 "Port" cd 1f 0a a3 "Vsn" a6 01 05 02 02 05 04',
    );

  test('alive describes a member', () => {
    expect(only(aliveBytes('a4 0a 00 00 02', 'a1 "n"', 'a3 ff 80 01'))).toEqual({
      kind: Kind.alive,
      incarnation: 2,
      about: { name: 'n', address: '10.0.0.2:7946', meta: Uint8Array.of(0xff, 0x80, 1), vsn: VSN },
    });
  });

  test('an IPv4 address in 16 bytes keeps its form, so that it can be sent on as it came', () => {
    const input = aliveBytes('b0 00 00 00 00 00 00 00 00 00 00 ff ff 0a 00 00 02', 'a1 "n"', 'c0');
    const message = only(input);
    expect(message).toMatchObject({ about: { address: '[::ffff:10.0.0.2]:7946', meta: new Uint8Array(0) } });
    expect(datagram.decode(datagram.encode(datagram.decode(input))).parts).toEqual([message]);
  });

  test('an IPv6 address takes its shortest text', () => {
    const input = aliveBytes('b0 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 07', 'a1 "n"', 'c0');
    expect(only(input)).toMatchObject({ about: { address: '[fd00::7]:7946' } });
  });

  test('a value of 40 bytes is a raw16, for text and for bytes', () => {
    const name = 'n'.repeat(40);
    const input = aliveBytes('a4 0a 00 00 02', bytes('da 00 28', Buffer.from(name)), `da 00 28 ${'07'.repeat(40)}`);
    expect(only(input)).toMatchObject({ about: { name, meta: new Uint8Array(40).fill(7) } });
  });

  test.each([
    ['str8', 'd9 03'],
    ['raw16', 'da 00 03'],
    ['raw32', 'db 00 00 00 03'],
    ['bin8', 'c4 03'],
    ['bin16', 'c5 00 03'],
    ['bin32', 'c6 00 00 00 03'],
  ])('text and bytes may come as %s', (_, header) => {
    const input = aliveBytes('c4 04 0a 00 00 02', bytes(header, '"abc"'), `${header} 01 02 03`);
    expect(only(input)).toMatchObject({ about: { name: 'abc', meta: Uint8Array.of(1, 2, 3) } });
  });

  test('bytes may come as a list of numbers', () => {
    expect(only(aliveBytes('94 0a 00 00 02', 'a1 "n"', '92 00 cc ff'))).toMatchObject({
      about: { address: '10.0.0.2:7946', meta: Uint8Array.of(0, 255) },
    });
  });

  test.each([
    ['uint8', 'cc c8'],
    ['uint16', 'cd 00 c8'],
    ['uint32', 'ce 00 00 00 c8'],
    ['uint64', 'cf 00 00 00 00 00 00 00 c8'],
    ['int16', 'd1 00 c8'],
    ['int32', 'd2 00 00 00 c8'],
    ['int64', 'd3 00 00 00 00 00 00 00 c8'],
  ])('the number 200 may come as %s', (_, number) => {
    expect(only(bytes('0b 81 a5 "SeqNo"', number))).toEqual({ kind: Kind.nack, sequence: 200 });
  });

  test('the number 100 may come as an int8', () => {
    expect(only(bytes('0b 81 a5 "SeqNo" d0 64'))).toEqual({ kind: Kind.nack, sequence: 100 });
  });

  test('keys come in any order, unknown ones are ignored, missing and nil ones are zero', () => {
    const input = bytes(
      '05 86 a4 "Node" a1 "n" a7 "__proto" 93 01 cb 3f f0 00 00 00 00 00 00 81 a1 "x" c0 a9 "__proto__" 81 a4 "From" a1 "y"',
      'a3 "Who" d6 ff 00 00 00 00 a4 "from" a1 "z" a4 "From" c0',
    );
    expect(only(input)).toEqual({ kind: Kind.dead, node: 'n', incarnation: 0, from: '' });
  });

  test('a nil body is a message of zeros', () => {
    expect(only(bytes('00 c0'))).toEqual({ kind: Kind.ping, sequence: 0, node: '', source: undefined });
    expect(only(bytes('03 c0'))).toEqual({ kind: Kind.suspect, node: '', incarnation: 0, from: '' });
  });

  test('what follows a body is ignored', () => {
    expect(only(bytes(PING, '00 01 02'))).toEqual(PING_MESSAGE);
  });

  test('short versions count as none, and what is beyond six is left out', () => {
    const versions = (vsn: string): unknown => only(bytes('04 82 a4 "Addr" a4 0a 00 00 02 a3 "Vsn"', vsn));
    expect(versions('a3 01 05 02')).toMatchObject({ about: { vsn: new Uint8Array(6) } });
    expect(versions('c0')).toMatchObject({ about: { vsn: new Uint8Array(6) } });
    expect(versions('a7 01 05 02 02 05 04 09')).toMatchObject({ about: { vsn: VSN } });
  });

  test('a user message is all bytes after its kind', () => {
    expect(only(bytes('08 03 ff'))).toEqual({ kind: Kind.user, payload: Uint8Array.of(3, 0xff) });
    expect(only(bytes('08'))).toEqual({ kind: Kind.user, payload: new Uint8Array(0) });
  });

  test('a compound carries messages one after another, in each other if need be', () => {
    const inner = bytes('07 02 00 02 00 02 08 01 08 02');
    const input = bytes('07 02 00', [PING.length], '00', [inner.length], PING, inner);
    expect(datagram.decode(input).parts).toEqual([
      PING_MESSAGE,
      { kind: Kind.user, payload: Uint8Array.of(1) },
      { kind: Kind.user, payload: Uint8Array.of(2) },
    ]);
  });

  test('of a compound that was cut off, the whole parts are used', () => {
    const input = bytes('07 02 00', [PING.length], '00 09', PING, '08 01 02');
    expect(datagram.decode(input).parts).toEqual([PING_MESSAGE]);
  });

  test('of a compound, the parts that make sense are used', () => {
    const input = bytes('07 04 00', [PING.length], '00 02 00 00 00 02', PING, '63 01', '03 01');
    expect(datagram.decode(input).parts).toEqual([PING_MESSAGE]);
  });

  test('a checksum stands in front of what it covers', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    const input = bytes('0c cb f4 39 26', '"123456789"');
    expect(() => datagram.decode(input)).toThrow('byte 49');
    const ping = datagram.decode(bytes('0c', uint32(crc32(PING)), PING));
    expect(ping).toEqual({ label: '', key: undefined, checksum: true, parts: [PING_MESSAGE] });
  });

  test('compressed bytes are LZW in a message of their own', () => {
    // "ABABABA": clear, A, B, AB, ABA, end, in codes of nine bits.
    const squeezed = packCodes([256, 65, 66, 258, 260, 257]);
    const input = bytes('09 82 a4 "Algo" 00 a3 "Buf"', [0xa0 | squeezed.length], squeezed);
    expect(() => datagram.decode(input)).toThrow('byte 65');
    const wrapped = packCodes([256, ...PING, 257]);
    expect(only(bytes('09 82 a4 "Algo" 00 a3 "Buf" da 00', [wrapped.length], wrapped))).toEqual(PING_MESSAGE);
  });

  test('checksum, compression and compound come in this order', () => {
    const compound = bytes('07 02 00', [PING.length], '00 02', PING, '08 01');
    const squeezed = packCodes([256, ...compound, 257]);
    const wrapped = bytes('09 82 a4 "Algo" 00 a3 "Buf" c4', [squeezed.length], squeezed);
    const input = bytes('0c', uint32(crc32(wrapped)), wrapped);
    expect(datagram.decode(input).parts).toEqual([PING_MESSAGE, { kind: Kind.user, payload: Uint8Array.of(1) }]);
  });

  test('a label stands in front of everything', () => {
    const labelled = memberlistProtocol(security({ label: 'blue' })).datagram;
    const input = bytes('f4 04 "blue"', PING);
    expect(labelled.decode(input)).toEqual({
      label: 'blue',
      key: undefined,
      checksum: false,
      parts: [PING_MESSAGE],
    });
    expect(labelled.encode(labelled.decode(input))).toEqual(
      bytes('f4 04 "blue"', datagram.encode(datagram.decode(PING))),
    );
  });

  test.each([0, 1] as const)('a sealed packet of version %i is version, nonce, ciphertext and tag', (version) => {
    const { crypto } = security();
    const nonce = new Uint8Array(12).fill(9);
    const padding = 16 - (PING.length % 16);
    const plain = version === 0 ? bytes(PING, new Uint8Array(padding).fill(padding)) : PING;
    const label = bytes('"blue"');
    const sealed = bytes('f4 04 "blue"', [version], nonce, crypto.seal(KEY_A, nonce, plain, label));
    const encrypted = memberlistProtocol(security({ label: 'blue', keys: () => [KEY_A] })).datagram;
    expect(encrypted.decode(sealed)).toEqual({ label: 'blue', key: KEY_A, checksum: false, parts: [PING_MESSAGE] });
  });
});

describe('bytes of streams as Go members send them', () => {
  const STATE = (name: string, state: string): Uint8Array =>
    bytes(
      '87 a4 "Addr" a4 0a 00 00 02 ab "Incarnation" 02 a4 "Meta" a0 a4 "Name"',
      str(name),
      'a4 "Port" cd 1f 0a a5 "State"',
      state,
      'a3 "Vsn" a6 01 05 02 02 05 04',
    );
  const peer = (name: string, state: State): unknown => ({
    about: { name, address: '10.0.0.2:7946', meta: new Uint8Array(0), vsn: VSN },
    incarnation: 2,
    state,
  });

  test('push/pull is a header, states back to back, and the raw state of the user', () => {
    const input = bytes(
      '06 83 a4 "Join" c3 a5 "Nodes" 03 ac "UserStateLen" d1 00 04',
      STATE('a', '00'),
      STATE('b', '02'),
      STATE('c', 'd1 00 03'),
      '02 80 00 ff',
    );
    expect(frame(input)).toEqual({
      kind: Kind.pushPull,
      join: true,
      states: [peer('a', State.alive), peer('b', State.dead), peer('c', State.left)],
      userState: Uint8Array.of(2, 0x80, 0, 0xff),
    });
  });

  test('a state without a usable address, or of an unknown kind, is left out of the others', () => {
    const nowhere = bytes('82 a4 "Name" a1 "x" a4 "Addr" a0');
    const input = bytes(
      '06 83 a4 "Join" c2 a5 "Nodes" 05 ac "UserStateLen" 00',
      STATE('a', '00'),
      nowhere,
      'c0',
      STATE('b', '07'),
      STATE('c', '01'),
    );
    expect(frame(input)).toMatchObject({
      join: false,
      states: [peer('a', State.alive), peer('c', State.suspect)],
      userState: new Uint8Array(0),
    });
  });

  test('a ping on a stream and its ack', () => {
    expect(frame(PING)).toEqual(PING_MESSAGE);
    expect(frame(bytes('02 82 a7 "Payload" c0 a5 "SeqNo" 01'))).toEqual({
      kind: Kind.ack,
      sequence: 1,
      payload: undefined,
    });
  });

  test('a user message on a stream has its length in front', () => {
    expect(frame(bytes('08 81 aa "UserMsgLen" 03 03 04 05'))).toEqual({
      kind: Kind.user,
      payload: Uint8Array.of(3, 4, 5),
    });
  });

  test('an error reply says what went wrong', () => {
    const text = 'Remote state is encrypted and encryption is not configured';
    expect(frame(bytes('0d 81 a5 "Error" da 00', [text.length], Buffer.from(text)))).toEqual({
      kind: Kind.error,
      error: text,
    });
  });

  test('a compressed stream message is wrapped whole', () => {
    const squeezed = packCodes([256, ...bytes('08 81 aa "UserMsgLen" 02 04 05'), 257]);
    const input = bytes('09 82 a4 "Algo" 00 a3 "Buf" c6 00 00 00', [squeezed.length], squeezed);
    expect(frame(input)).toEqual({ kind: Kind.user, payload: Uint8Array.of(4, 5) });
  });

  test.each([0, 1] as const)('a sealed stream message of version %i binds its header and the label', (version) => {
    const { crypto } = security();
    const size = version === 0 ? 1 + 12 + 16 * (Math.floor(PING.length / 16) + 1) + 16 : 1 + 12 + PING.length + 16;
    const header = bytes('0a', uint32(size));
    const sealed = seal(crypto, version, KEY_A, PING, bytes(header, '"blue"'));
    expect(sealed.length).toBe(size);
    const encrypted = memberlistProtocol(security({ label: 'blue', keys: () => [KEY_A] })).stream;
    const expected = { key: KEY_A, message: PING_MESSAGE };
    expect(encrypted.decode(bytes('f4 04 "blue"', header, sealed))).toEqual({ label: 'blue', ...expected });
    expect(encrypted.decode(bytes(header, sealed))).toEqual({ label: '', ...expected });
  });
});

describe('bytes as we send them', () => {
  test('keys are in byte order, numbers as short as they go, text as str and bytes as bin', () => {
    const source = { name: 's1', address: '127.0.0.31:7946' };
    const ping = { kind: Kind.ping, sequence: 1, node: 'fake1', source };
    expect(datagram.encode({ label: '', key: undefined, checksum: false, parts: [ping] })).toEqual(
      bytes(
        '00 85 a4 "Node" a5 "fake1" a5 "SeqNo" 01 aa "SourceAddr" c4 04 7f 00 00 1f aa "SourceNode" a2 "s1" aa "SourcePort" cd 1f 0a',
      ),
    );
    const about = { name: 'n'.repeat(40), address: '10.0.0.2:7946', meta: new Uint8Array(0), vsn: VSN };
    const alive = { kind: Kind.alive, incarnation: 200, about };
    expect(datagram.encode({ label: '', key: undefined, checksum: false, parts: [alive] })).toEqual(
      bytes(
        '04 86 a4 "Addr" c4 04 0a 00 00 02 ab "Incarnation" cc c8 a4 "Meta" c4 00 a4 "Node" d9 28',
        Buffer.from('n'.repeat(40)),
        'a4 "Port" cd 1f 0a a3 "Vsn" c4 06 01 05 02 02 05 04',
      ),
    );
  });
});

/** LZW codes of nine bits, least significant bit first: enough while fewer than 255 codes are learnt. */
function packCodes(codes: readonly number[]): Uint8Array {
  const bits = codes.flatMap((code) => Array.from({ length: 9 }, (_, bit) => (code >> bit) & 1));
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    bits.slice(8 * i, 8 * i + 8).reduce((byte, bit, place) => byte | (bit << place), 0),
  );
}
