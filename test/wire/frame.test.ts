import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Kind, State } from '../../core/wire/messages.ts';
import type { Frame, StreamMessage } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { KEY_A, KEY_B, bytes, refusal, security, wrappedFrames } from './support.ts';

const user = (...payload: number[]): StreamMessage => ({ kind: Kind.user, payload: Uint8Array.from(payload) });
const plain = (message: StreamMessage): Frame => ({ label: '', key: undefined, message });
const concat = (...pieces: Uint8Array[]): Uint8Array => bytes(...pieces);

describe('a frame', () => {
  test('means the same after encoding and decoding, in every envelope, and is as long as its size says', () => {
    fc.assert(
      fc.property(wrappedFrames, ({ security, frame }) => {
        const { stream } = memberlistProtocol(security);
        const encoded = stream.encode(frame);
        expect(encoded.length).toBe(stream.size(frame));
        expect(stream.decode(encoded)).toEqual(frame);
      }),
      { numRuns: 300 },
    );
  });

  test('ends where it ends, however the bytes are cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(wrappedFrames, user3, cuts, ({ security, frame }, second, sizes) => {
        const { stream } = memberlistProtocol(security);
        const later = { label: '', key: frame.key, message: second };
        const input = concat(stream.encode(frame), stream.encode(later));
        const reader = stream.reader();
        const frames: Frame[] = [];
        for (let at = 0, turn = 0; at < input.length; turn++) {
          const end = at + sizes[turn % sizes.length]!;
          // The reader must not hold on to memory that its caller uses again.
          const piece = input.slice(at, end);
          frames.push(...reader.push(piece));
          piece.fill(0xee);
          at = end;
        }
        expect(frames).toEqual([frame, later]);
      }),
      { numRuns: 200 },
    );
  });

  test('is handed out with its last byte, not before and not after', () => {
    fc.assert(
      fc.property(wrappedFrames, ({ security, frame }) => {
        const { stream } = memberlistProtocol(security);
        const input = stream.encode(frame);
        const reader = stream.reader();
        expect(reader.push(input.subarray(0, input.length - 1))).toEqual([]);
        expect(reader.push(input.subarray(input.length - 1))).toEqual([frame]);
      }),
      { numRuns: 100 },
    );
  });

  test('keeps its bytes when the next one is encoded', () => {
    const { stream } = memberlistProtocol(security());
    const first = stream.encode(plain(user(1, 2, 3)));
    const before = first.slice();
    stream.encode(plain(user(9, 9, 9)));
    expect(first).toEqual(before);
  });

  test('is compressed even when that makes it longer, as Go does', () => {
    const { stream } = memberlistProtocol(security({ compress: true }));
    const encoded = stream.encode(plain(user(1)));
    expect(encoded[0]).toBe(Kind.compress);
    expect(encoded.length).toBe(stream.size(plain(user(1))));
  });

  test('counts its states in a trace', () => {
    const { stream } = memberlistProtocol(security());
    const about = { name: 'n', address: '10.0.0.1:1', meta: new Uint8Array(0), vsn: new Uint8Array(6) };
    const states = [1, 2, 3].map((incarnation) => ({ about, incarnation, state: State.alive }));
    const exchange = plain({ kind: Kind.pushPull, join: true, states, userState: new Uint8Array(0) });
    const seen: unknown[] = [];
    stream.parts(exchange, (...part) => seen.push(part));
    stream.parts(plain(user(1, 2)), (...part) => seen.push(part));
    expect(seen).toEqual([
      [Kind.pushPull, stream.size(exchange), 3, '', 0],
      [Kind.user, stream.size(plain(user(1, 2))), 0, '', 0],
    ]);
  });
});

const user3 = fc.uint8Array({ maxLength: 3 }).map((payload): StreamMessage => ({ kind: Kind.user, payload }));

describe('who may read a frame', () => {
  test('only the first frame may have a label, and it must be ours', () => {
    const blue = memberlistProtocol(security({ label: 'blue' })).stream;
    const bare = memberlistProtocol(security()).stream;
    const frame = blue.encode({ ...plain(user(1)), label: 'blue' });
    expect(refusal(() => bare.decode(frame))).toBe('wrong-label');
    const reader = blue.reader();
    expect(reader.push(frame)).toHaveLength(1);
    expect(refusal(() => reader.push(frame))).toBe('unknown-kind');
  });

  test('a sealed frame opens with the label that it was sealed with, though no header names it', () => {
    const blue = memberlistProtocol(security({ label: 'blue', keys: () => [KEY_A] })).stream;
    const bare = memberlistProtocol(security({ keys: () => [KEY_A] })).stream;
    const reply = blue.encode({ ...plain(user(1)), key: KEY_A });
    expect(blue.decode(reply).message).toEqual(user(1));
    expect(refusal(() => bare.decode(reply))).toBe('no-key');
  });

  test('sealed and plain do not mix, unless plain is welcome', () => {
    const bare = memberlistProtocol(security()).stream;
    const strict = memberlistProtocol(security({ keys: () => [KEY_B, KEY_A] })).stream;
    const lenient = memberlistProtocol(security({ keys: () => [KEY_A], acceptPlain: true })).stream;
    const sealed = strict.encode({ ...plain(user(1)), key: KEY_A });
    const open = bare.encode(plain(user(1)));
    expect(refusal(() => bare.decode(sealed))).toBe('sealed');
    expect(refusal(() => strict.decode(open))).toBe('not-sealed');
    expect(strict.decode(sealed).key).toBe(KEY_A);
    expect(lenient.decode(open).key).toBeUndefined();
    expect(lenient.decode(sealed).key).toBe(KEY_A);
  });

  test('a changed length of a sealed frame is noticed', () => {
    const { stream } = memberlistProtocol(security({ keys: () => [KEY_A] }));
    const sealed = stream.encode({ ...plain(user(1, 2, 3)), key: KEY_A });
    const shorter = sealed.slice(0, -1);
    shorter[4]! -= 1;
    expect(refusal(() => stream.decode(shorter))).toBe('no-key');
  });
});

describe('a reader of frames', () => {
  test('hands out what came before bad bytes, and then fails for good', () => {
    const { stream } = memberlistProtocol(security());
    const reader = stream.reader();
    expect(reader.push(concat(stream.encode(plain(user(1))), bytes('63')))).toEqual([plain(user(1))]);
    expect(refusal(() => reader.push(new Uint8Array(0)))).toBe('unknown-kind');
    expect(refusal(() => reader.push(stream.encode(plain(user(2)))))).toBe('unknown-kind');
  });

  test('refuses kinds that do not belong on a stream', () => {
    const { stream } = memberlistProtocol(security());
    for (const kind of [Kind.indirectPing, Kind.suspect, Kind.alive, Kind.dead, Kind.compound, Kind.nack, 99]) {
      expect(refusal(() => stream.decode(bytes([kind], '80')))).toBe('unknown-kind');
    }
  });

  test('decoding one frame takes exactly one', () => {
    const { stream } = memberlistProtocol(security());
    const encoded = stream.encode(plain(user(1, 2)));
    expect(refusal(() => stream.decode(new Uint8Array(0)))).toBe('empty');
    for (let length = 1; length < encoded.length; length++) {
      expect(refusal(() => stream.decode(encoded.subarray(0, length)))).toBe('truncated');
    }
    expect(refusal(() => stream.decode(concat(encoded, encoded)))).toBe('bad-body');
    expect(refusal(() => stream.decode(concat(encoded, bytes('63'))))).toBe('bad-body');
  });
});
