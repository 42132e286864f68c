import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MalformedPacket } from '../../../core/errors.ts';
import { systemClock } from '../../../transports/clock.ts';
import { placeOf } from '../../../transports/sockets/place.ts';
import { textProtocol } from '../../contract/text-protocol.ts';
import { bound, party, uncaught, until } from './support.ts';

const clock = systemClock();
const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

/** A socket that is no Rollcall. */
function stranger(type: 'udp4' | 'udp6' = 'udp4') {
  const socket = createSocket(type);
  onTestFinished(() => void socket.close());
  return socket;
}

describe('datagrams over UDP', () => {
  test('that do not decode are told with where they came from', async () => {
    const node = party(await bound({ clock }));
    stranger()
      .bind(0, '127.0.0.9')
      .send(Uint8Array.of(9, 9, 9), placeOf(node.address).port, '127.0.0.1');
    await until('it is heard', () => node.malformed.length === 1);
    expect(node.malformed[0]![0]).toBeInstanceOf(MalformedPacket);
    expect(node.malformed[0]![1]).toMatch(/^127\.0\.0\.9:\d+$/);
  });

  test('may be empty, and are malformed then', async () => {
    const node = party(await bound({ clock }));
    stranger().send(new Uint8Array(0), placeOf(node.address).port, '127.0.0.1');
    await until('it is heard', () => node.malformed.length === 1);
  });

  test('are counted with their bytes on both sides', async () => {
    const left = party(await bound({ clock }));
    const right = party(await bound({ clock }));
    for (let i = 0; i < 10; i++) left.endpoint.send(right.address, 'x'.repeat(98));
    await until('all are there', () => right.heard.length === 10);
    await until('all are counted', () => left.transport.counters.datagramsSent === 10);
    expect(left.transport.counters.datagramBytesSent).toBe(1_000);
    expect(right.transport.counters).toMatchObject({ datagramsReceived: 10, datagramBytesReceived: 1_000 });
  });

  test('that cannot be sent are counted by why, and throw nothing', async () => {
    const node = party(await bound({ clock }));
    node.endpoint.send('127.0.0.1:9', 'x'.repeat(65_530));
    node.endpoint.send('127.0.0.1:0', 'to no port');
    node.endpoint.send('[fd00::7]:7946', 'an IPv4 socket reaches no IPv6');
    await until('all are counted', () => node.transport.counters.sendErrors.size === 3);
    expect(Object.fromEntries(node.transport.counters.sendErrors)).toEqual({ EMSGSIZE: 1, EINVAL: 1, EAFNOSUPPORT: 1 });
    expect(node.transport.counters.datagramsSent).toBe(0);
  });

  test('are dropped and counted while nobody is attached, and arrive again afterwards', async () => {
    const left = party(await bound({ clock }));
    const transport = await bound({ clock });
    left.endpoint.send(transport.address, 'unheard');
    await until('it is counted', () => transport.counters.datagramsUnattended === 1);
    const first = party(transport);
    first.endpoint.close();
    left.endpoint.send(transport.address, 'unheard');
    await until('it is counted', () => transport.counters.datagramsUnattended === 2);
    const second = party(transport);
    left.endpoint.send(transport.address, 'heard');
    await until('it is heard', () => second.heard.length === 1);
    expect([first.heard, second.heard]).toEqual([[], [['heard', left.address]]]);
  });

  test('whose handler throws surface as an uncaught exception, and the next one is heard', async () => {
    const errors = uncaught();
    const heard: string[] = [];
    const transport = await bound({ clock });
    const endpoint = transport.open<string, string>(transport.address, textProtocol, {
      onDatagram(text) {
        heard.push(text);
        if (text === 'bad') throw new Error('a bug of ours');
      },
      onMalformed() {},
      onStream: () => ({ onMessage() {}, onClose() {} }),
    });
    for (const text of ['bad', 'good']) endpoint.send(transport.address, text);
    await until('both are heard', () => heard.length === 2 && errors.length === 1);
    expect(errors[0]).toMatchObject({ message: 'a bug of ours' });
  });
});

describe.runIf(hasIPv6)('IPv6', () => {
  test.each(['udp', 'tcp'] as const)('carries datagrams and streams in mode %s', async (mode) => {
    const left = party(await bound({ clock, mode, bind: '[::1]:0' }));
    const right = party(await bound({ clock, mode, bind: '[::1]:0' }));
    left.endpoint.send(right.address, 'hello');
    await until('it is heard', () => right.heard.length === 1);
    expect(right.heard).toEqual([['hello', left.address]]);
    left.endpoint.connect(right.address, 1_000_000, { onMessage() {}, onClose() {} }).send('by stream');
    await until('it is heard', () => right.accepted[0]?.events.includes('by stream') === true);
    expect(right.accepted[0]!.stream.peer).toMatch(/^\[::1\]:\d+$/);
  });

  test.each(['udp', 'tcp'] as const)('bound at [::] serves IPv4 too, by its IPv4 name, in mode %s', async (mode) => {
    const six = party(await bound({ clock, mode, bind: '[::]:0' }));
    const four = party(await bound({ clock, mode, bind: '127.0.0.1:0' }));
    const { port } = placeOf(six.address);
    expect(six.address).toBe(`[::]:${port}`);
    six.endpoint.send(four.address, 'six to four');
    four.endpoint.send(`127.0.0.1:${port}`, 'four to six');
    six.endpoint.send(`[::1]:${port}`, 'six to six');
    await until('all are heard', () => four.heard.length === 1 && six.heard.length === 2);
    expect(four.heard).toEqual([['six to four', `127.0.0.1:${port}`]]);
    expect(six.heard).toContainEqual(['four to six', four.address]);
    expect(six.heard).toContainEqual(['six to six', `[::1]:${port}`]);
    four.endpoint.connect(`127.0.0.1:${port}`, 1_000_000, { onMessage() {}, onClose() {} });
    await until('it is accepted', () => six.accepted.length === 1);
    expect(six.accepted[0]!.stream.peer).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
