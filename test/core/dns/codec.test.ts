import { decode as packetDecode, encode as packetEncode, type Answer } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeDns } from '../../../core/dns/decode.ts';
import { encodeDns } from '../../../core/dns/encode.ts';
import { dnsMessage, type DnsMessage, type DnsRecord } from '../../../core/dns/message.ts';
import { labelsOf, nameOf } from '../../../core/dns/names.ts';
import { dnsProtocol } from '../../../core/dns/protocol.ts';
import { MalformedPacket } from '../../../core/errors.ts';

const label = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
const name = fc.array(label, { maxLength: 5 }).map((labels) => labels.join('.'));
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (length: number) => fc.array(fc.integer({ min: 0, max: 255 }), { minLength: length, maxLength: length });

const data = fc.oneof(
  bytes(4).map((parts) => ({ type: 'A' as const, address: parts.join('.') })),
  bytes(16).map((parts) => {
    // The third group is never 0, so that the text has one form.
    const groups = Array.from({ length: 8 }, (_, i) => (parts[2 * i]! * 256 + parts[2 * i + 1]!) | 1);
    return { type: 'AAAA' as const, address: groups.map((group) => group.toString(16)).join(':') };
  }),
  name.map((target) => ({ type: 'CNAME' as const, target })),
  name.map((target) => ({ type: 'PTR' as const, target })),
  fc.record({ type: fc.constant('SRV' as const), priority: uint16, weight: uint16, port: uint16, target: name }),
  fc.record({
    type: fc.constant('TXT' as const),
    texts: fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ type: fc.constant('SOA' as const), primary: name, mailbox: name, serial: uint32, minimum: uint32 }),
);
const record: fc.Arbitrary<DnsRecord> = fc
  .tuple(fc.record({ name, ttl: fc.integer({ min: 0, max: 0x7fff_ffff }) }), data)
  .map(([owner, rest]) => ({ ...owner, ...rest }));
const message: fc.Arbitrary<DnsMessage> = fc
  .record({
    id: uint16,
    response: fc.boolean(),
    authoritative: fc.boolean(),
    truncated: fc.boolean(),
    recursionDesired: fc.boolean(),
    recursionAvailable: fc.boolean(),
    questions: fc.array(fc.record({ name, type: fc.constantFrom('A', 'SRV', 'PTR', 'ANY') }), { maxLength: 2 }),
    answers: fc.array(record, { maxLength: 4 }),
    authorities: fc.array(record, { maxLength: 2 }),
    additionals: fc.array(record, { maxLength: 3 }),
    extension: fc.option(fc.tuple(fc.integer({ min: 512, max: 4096 }), fc.integer({ min: 0, max: 0xfff }))),
    rcode: fc.integer({ min: 0, max: 15 }),
  })
  .map(({ extension, rcode, questions, ...parts }) =>
    dnsMessage({
      ...parts,
      questions: questions as DnsMessage['questions'],
      room: extension?.[0],
      rcode: extension?.[1] ?? rcode,
    }),
  );

describe('a DNS message', () => {
  test('means the same after its way through bytes', () => {
    fc.assert(
      fc.property(message, (one) => {
        expect(decodeDns(encodeDns(one))).toEqual(one);
      }),
    );
  });

  test('is read by others as it was meant, and what others write is read here', () => {
    fc.assert(
      fc.property(message, (one) => {
        const read = packetDecode(Buffer.from(encodeDns(one)));
        expect(read.answers).toMatchObject(one.answers.map(asOthersSay));
        expect(read.questions?.map(({ name: asked }) => asked)).toEqual(
          one.questions.map((asked) => asked.name || '.'),
        );
        const written = packetEncode({
          type: one.response ? 'response' : 'query',
          id: one.id,
          answers: one.answers.map(asOthersSay),
        });
        const answers = one.answers.filter(({ type }) => type !== 'SOA');
        expect(decodeDns(written).answers.filter(({ type }) => type !== 'SOA')).toEqual(answers);
      }),
    );
  });

  test('that was damaged is refused or read, and never does any harm', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(message, damage, fc.nat(), (one, changes, cut) => {
        const wire = encodeDns(one);
        for (const [at, value] of changes) wire[at % wire.length] = value;
        try {
          decodeDns(wire.subarray(0, wire.length - (cut % 4)));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedPacket);
        }
      }),
    );
  });

  test('of any bytes does no harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (any) => {
        try {
          decodeDns(any);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedPacket);
        }
      }),
    );
  });

  test('comes whole from a stream, however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (messages, size) => {
        const wire = Buffer.concat(messages.map((one) => dnsProtocol.stream.encode(one)));
        const reader = dnsProtocol.stream.reader();
        const read: DnsMessage[] = [];
        for (let at = 0; at < wire.length; at += size) read.push(...reader.push(wire.subarray(at, at + size)));
        expect(read).toEqual(messages);
        expect(wire.length).toBe(messages.reduce((sum, one) => sum + dnsProtocol.stream.size(one), 0));
      }),
    );
  });

  test('with a name that points at itself, or on, is refused', () => {
    const wire = encodeDns(dnsMessage({ questions: [{ name: 'a.test', type: 'A' }] }));
    wire.set([0xc0, 12], 12);
    expect(() => decodeDns(wire)).toThrow(MalformedPacket);
    wire.set([0xc0, 16], 12);
    expect(() => decodeDns(wire)).toThrow(MalformedPacket);
  });

  test.each([`${'x'.repeat(64)}.test`, 'a..b', 'x.'.repeat(130)])('with the name %j cannot be written', (bad) => {
    expect(() => encodeDns(dnsMessage({ questions: [{ name: bad, type: 'A' }] }))).toThrow('labels');
  });
});

function asOthersSay({ name: owner, ttl, ...rest }: DnsRecord): Answer {
  const at = { name: owner || '.', ttl };
  const dotted = (target: string): string => target || '.';
  if (rest.type === 'A' || rest.type === 'AAAA') return { ...at, type: rest.type, data: rest.address };
  if (rest.type === 'CNAME' || rest.type === 'PTR') return { ...at, type: rest.type, data: dotted(rest.target) };
  if (rest.type === 'TXT') return { ...at, type: 'TXT', data: rest.texts.map((text) => Buffer.from(text)) };
  if (rest.type === 'SRV') {
    const { priority, weight, port } = rest;
    return { ...at, type: 'SRV', data: { priority, weight, port, target: dotted(rest.target) } };
  }
  if (rest.type !== 'SOA') throw new Error(rest.type);
  const { primary, mailbox, serial, minimum } = rest;
  return { ...at, type: 'SOA', data: { mname: dotted(primary), rname: dotted(mailbox), serial, minimum } };
}

test('any labels have a name of their own', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { maxLength: 4 }), (labels) => {
      expect(labelsOf(nameOf(labels))).toEqual(labels);
    }),
  );
});
