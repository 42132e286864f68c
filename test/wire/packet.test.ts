import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidSetting } from '../../core/errors.ts';
import { COMPOUND_HEADER, COMPOUND_PART } from '../../core/wire/compound.ts';
import { Kind } from '../../core/wire/messages.ts';
import type { Message } from '../../core/wire/messages.ts';
import { envelopeSize, memberlistProtocol } from '../../core/wire/protocol.ts';
import { messageSize } from '../../core/wire/sizes.ts';
import { KEY_A, KEY_B, alive, bytes, messages, packet, refusal, security, wrappedPackets } from './support.ts';

const nack = (sequence: number): Message => ({ kind: Kind.nack, sequence });

describe('a packet', () => {
  test('means the same after encoding and decoding, in every envelope, and is as long as its size says', () => {
    fc.assert(
      fc.property(wrappedPackets, ({ security, packet }) => {
        const { datagram } = memberlistProtocol(security);
        const encoded = datagram.encode(packet);
        expect(encoded.length).toBe(datagram.size(packet));
        expect(datagram.decode(encoded)).toEqual(packet);
      }),
      { numRuns: 400 },
    );
  });

  test('of one message has no compound header; of more, two bytes and two for each', () => {
    fc.assert(
      fc.property(fc.array(messages, { minLength: 1, maxLength: 5 }), (parts) => {
        const { datagram } = memberlistProtocol(security());
        const contents = parts.reduce((sum, part) => sum + messageSize(part), 0);
        const compound = parts.length === 1 ? 0 : COMPOUND_HEADER + COMPOUND_PART * parts.length;
        expect(datagram.encode(packet(...parts)).length).toBe(contents + compound);
      }),
      { numRuns: 100 },
    );
  });

  test('is at most its envelope longer than its contents', () => {
    fc.assert(
      fc.property(wrappedPackets, ({ security, packet }) => {
        fc.pre(!security.compress);
        const { datagram } = memberlistProtocol(security);
        const bare = datagram.size({ ...packet, label: '', key: undefined, checksum: false });
        const envelope = envelopeSize({
          label: packet.label,
          sealed: packet.key !== undefined,
          checksum: packet.checksum,
          sealVersion: security.sealVersion,
        });
        const added = datagram.size(packet) - bare;
        if (packet.key !== undefined && security.sealVersion === 0) {
          expect(added).toBeLessThanOrEqual(envelope);
          expect(added).toBeGreaterThan(envelope - 16);
        } else expect(added).toBe(envelope);
      }),
      { numRuns: 200 },
    );
  });

  test('keeps its bytes when the next one is encoded', () => {
    const { datagram } = memberlistProtocol(security());
    const first = datagram.encode(packet(nack(1)));
    const before = first.slice();
    datagram.encode(packet(nack(2), alive('other')));
    expect(first).toEqual(before);
  });

  test('decodes into frozen descriptions that share no memory with the input', () => {
    const { datagram } = memberlistProtocol(security());
    const encoded = Buffer.from(
      datagram.encode(
        packet(
          alive('a', { meta: Uint8Array.of(1, 2, 3) }),
          { kind: Kind.user, payload: Uint8Array.of(4, 5, 6) },
          { kind: Kind.ack, sequence: 1, payload: Uint8Array.of(7, 8, 9) },
        ),
      ),
    );
    const { parts } = datagram.decode(encoded);
    const before = structuredClone(parts);
    encoded.fill(0xff);
    expect(parts).toEqual(before);
    const [first] = parts;
    expect(first?.kind === Kind.alive && Object.isFrozen(first.about)).toBe(true);
  });

  test('is compressed only when that makes it smaller', () => {
    const { datagram } = memberlistProtocol(security({ compress: true }));
    expect(datagram.encode(packet(nack(1)))[0]).toBe(Kind.nack);
    const payload = new Uint8Array(500);
    const encoded = datagram.encode(packet({ kind: Kind.user, payload }));
    expect(encoded[0]).toBe(Kind.compress);
    expect(encoded.length).toBeLessThan(100);
  });

  test('of no messages, or of more than one byte can count, is refused before it is sent', () => {
    const { datagram } = memberlistProtocol(security());
    expect(() => datagram.encode(packet())).toThrow(InvalidSetting);
    expect(() => datagram.encode(packet(...Array.from({ length: 256 }, (_, i) => nack(i))))).toThrow(InvalidSetting);
    const long = { kind: Kind.user, payload: new Uint8Array(65535) };
    expect(() => datagram.encode(packet(nack(1), long))).toThrow(InvalidSetting);
  });

  test('tells a trace what each part is about', () => {
    const { datagram } = memberlistProtocol(security());
    const source = { name: 's', address: '10.0.0.9:1' };
    const parts: Message[] = [
      { kind: Kind.ping, sequence: 1, node: 'a', source },
      { kind: Kind.indirectPing, sequence: 2, node: 'b', target: '10.0.0.2:1', nack: true, source },
      { kind: Kind.ack, sequence: 3, payload: undefined },
      nack(4),
      { kind: Kind.suspect, node: 'e', incarnation: 5, from: 'x' },
      { kind: Kind.dead, node: 'f', incarnation: 6, from: 'x' },
      alive('g', {}, 7),
      { kind: Kind.user, payload: Uint8Array.of(1) },
      { kind: Kind.error, error: 'no' },
    ];
    const seen: unknown[] = [];
    datagram.parts(packet(...parts), (...part) => seen.push(part));
    expect(seen).toEqual([
      [Kind.ping, messageSize(parts[0]!), 1, 'a', 0],
      [Kind.indirectPing, messageSize(parts[1]!), 2, 'b', 0],
      [Kind.ack, messageSize(parts[2]!), 3, '', 0],
      [Kind.nack, messageSize(parts[3]!), 4, '', 0],
      [Kind.suspect, messageSize(parts[4]!), 0, 'e', 5],
      [Kind.dead, messageSize(parts[5]!), 0, 'f', 6],
      [Kind.alive, messageSize(parts[6]!), 0, 'g', 7],
      [Kind.user, 2, 0, '', 0],
      [Kind.error, messageSize(parts[8]!), 0, '', 0],
    ]);
  });
});

/** By its second byte, a random one, an envelope that no key opens sometimes looks like plain text. */
const UNOPENED = ['no-key', 'not-sealed'];

describe('who may read a packet', () => {
  const plain = packet(nack(1));

  test('another label, no label and an unexpected label are each refused', () => {
    const blue = memberlistProtocol(security({ label: 'blue' })).datagram;
    const red = memberlistProtocol(security({ label: 'red' })).datagram;
    const bare = memberlistProtocol(security()).datagram;
    const fromBlue = blue.encode({ ...plain, label: 'blue' });
    expect(refusal(() => red.decode(fromBlue))).toBe('wrong-label');
    expect(refusal(() => bare.decode(fromBlue))).toBe('wrong-label');
    expect(refusal(() => blue.decode(bare.encode(plain)))).toBe('wrong-label');
    expect(refusal(() => blue.decode(bytes('f4 04 "blue"', fromBlue)))).toBe('wrong-label');
    expect(refusal(() => bare.decode(bytes('f4 00', bare.encode(plain))))).toBe('wrong-label');
    expect(refusal(() => blue.decode(fromBlue.slice(0, 4)))).toBe('truncated');
  });

  test('every installed key opens, and the packet says which did', () => {
    const sender = memberlistProtocol(security({ keys: () => [KEY_B] })).datagram;
    const receiver = memberlistProtocol(security({ keys: () => [KEY_A, KEY_B] })).datagram;
    expect(receiver.decode(sender.encode({ ...plain, key: KEY_B })).key).toBe(KEY_B);
  });

  test('the keys are asked for each packet, so that a removed key stops opening at once', () => {
    let keys = [KEY_A];
    const { datagram } = memberlistProtocol(security({ keys: () => keys }));
    const encoded = datagram.encode({ ...plain, key: KEY_A });
    expect(datagram.decode(encoded).parts).toEqual(plain.parts);
    keys = [KEY_B];
    expect(UNOPENED).toContain(refusal(() => datagram.decode(encoded)));
  });

  test('a packet sealed under another label does not open', () => {
    const sender = memberlistProtocol(security({ label: 'blue', keys: () => [KEY_A] })).datagram;
    const receiver = memberlistProtocol(security({ keys: () => [KEY_A] })).datagram;
    const withoutHeader = sender.encode({ ...plain, label: 'blue', key: KEY_A }).slice(2 + 'blue'.length);
    expect(UNOPENED).toContain(refusal(() => receiver.decode(withoutHeader)));
  });

  test('plain text is refused by an encrypted cluster, unless it is on its way to encryption', () => {
    const strict = memberlistProtocol(security({ keys: () => [KEY_A] })).datagram;
    const lenient = memberlistProtocol(security({ keys: () => [KEY_A], acceptPlain: true })).datagram;
    const ping = packet({ kind: Kind.ping, sequence: 1, node: 'a rather long name', source: undefined });
    expect(refusal(() => strict.decode(strict.encode(ping)))).toBe('not-sealed');
    expect(refusal(() => strict.decode(strict.encode(plain)))).toBe('not-sealed');
    expect(lenient.decode(lenient.encode(ping))).toEqual(ping);
    expect(lenient.decode(lenient.encode({ ...ping, key: KEY_A })).key).toBe(KEY_A);
  });

  test('a sealed packet that reaches a plain cluster is named as such', () => {
    const crypto = { ...security().crypto, nonce: () => new Uint8Array(12).fill(0x42) };
    const sender = memberlistProtocol(security({ crypto, keys: () => [KEY_A] })).datagram;
    const receiver = memberlistProtocol(security()).datagram;
    expect(refusal(() => receiver.decode(sender.encode({ ...plain, key: KEY_A })))).toBe('sealed');
  });

  test('any single changed bit of a sealed or checksummed packet is noticed', () => {
    const { datagram } = memberlistProtocol(security({ keys: () => [KEY_A] }));
    const bare = memberlistProtocol(security()).datagram;
    const sealed = datagram.encode({ ...plain, key: KEY_A });
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const damaged = sealed.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(refusal(() => datagram.decode(damaged))).toBeDefined();
    }
    const checked = bare.encode({ ...plain, checksum: true });
    for (let bit = 8; bit < checked.length * 8; bit++) {
      const damaged = checked.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(refusal(() => bare.decode(damaged))).toBe('bad-checksum');
    }
  });
});
