import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { placeOf } from '../../../transports/sockets/place.ts';
import { preamble } from '../../../transports/sockets/preamble.ts';
import { textProtocol } from '../../contract/text-protocol.ts';
import { ManualClock } from '../../membership/lone-node.ts';
import { bound, party, quiet, until } from './support.ts';

const mode = 'tcp';
const framed = (text: string): Uint8Array => {
  const bytes = textProtocol.datagram.encode(text);
  return Uint8Array.of(bytes.length >> 8, bytes.length & 0xff, ...bytes);
};

/** Somebody at a port who notes what arrives and answers only if told to. */
async function listener(onData: (socket: Socket, bytes: Buffer) => void = () => {}) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => onData(socket, bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

/** A connection by hand, from an address of its own. */
async function dialed(address: string, first: Uint8Array) {
  const { host, port } = placeOf(address);
  const socket = connect({ host, port, localAddress: '127.0.0.8' });
  const heard: number[] = [];
  let gone = false;
  socket.on('data', (bytes) => heard.push(...bytes));
  socket.on('error', () => {});
  socket.on('close', () => (gone = true));
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(first);
  return { socket, heard, isGone: () => gone };
}

describe('datagrams on connections', () => {
  test('share one connection per peer and direction', async () => {
    const clock = new ManualClock();
    const left = party(await bound({ clock, mode }));
    const right = party(await bound({ clock, mode }));
    for (let i = 0; i < 100; i++) {
      left.endpoint.send(right.address, `to the right ${i}`);
      right.endpoint.send(left.address, `to the left ${i}`);
    }
    await until('all are heard', () => left.heard.length === 100 && right.heard.length === 100);
    expect(right.heard.at(-1)).toEqual(['to the right 99', left.address]);
    expect(left.transport.counters).toMatchObject({
      carriersDialed: 1,
      carriersAccepted: 1,
      carriersOpen: 2,
      connectionsOpen: 2,
      datagramsSent: 100,
      datagramsReceived: 100,
      streamsAccepted: 0,
      carrierDatagramsLost: 0,
    });
  });

  test('are bounded in size as UDP bounds them', async () => {
    const left = party(await bound({ clock: new ManualClock(), mode }));
    const right = party(await bound({ clock: new ManualClock(), mode }));
    left.endpoint.send(right.address, 'x'.repeat(65_533));
    left.endpoint.send(right.address, 'x'.repeat(65_534));
    await until('the smaller one is heard', () => right.heard.length === 1);
    expect(right.heard[0]![0]).toHaveLength(65_533);
    expect(Object.fromEntries(left.transport.counters.sendErrors)).toEqual({ EMSGSIZE: 1 });
  });

  test('come from where we see them come from, at the port that was announced', async () => {
    const node = party(await bound({ clock: new ManualClock(), mode }));
    const peer = await dialed(node.address, Uint8Array.of(...preamble('datagrams', 4321), ...framed('hello')));
    await until('it is heard', () => node.heard.length === 1);
    expect(node.heard).toEqual([['hello', '127.0.0.8:4321']]);
    await until('it is confirmed', () => peer.heard.length === 1);
  });

  test('are never answered on what a peer opened: only what we dial carries what we send', async () => {
    const node = party(await bound({ clock: new ManualClock(), mode }));
    const victim = party(await bound({ clock: new ManualClock(), mode, bind: '127.0.0.8:0' }));
    const { port } = placeOf(victim.address);
    // It claims to be the victim: same address, same port.
    const liar = await dialed(
      node.address,
      Uint8Array.of(...preamble('datagrams', port), ...framed('I am the victim')),
    );
    await until('it is heard', () => node.heard.length === 1);
    expect(node.heard[0]![1]).toBe(victim.address);
    node.endpoint.send(victim.address, 'secret');
    await until('the victim hears it', () => victim.heard.length === 1);
    expect(liar.heard).toEqual([1]);
  });

  test('that arrive in pieces are heard whole, and bad ones among them cost nothing else', async () => {
    const node = party(await bound({ clock: new ManualClock(), mode }));
    const bytes = [
      ...preamble('datagrams', 4321),
      ...framed('one'),
      0,
      0,
      ...framed('two'),
      0,
      3,
      9,
      9,
      9,
      ...framed('three'),
    ];
    const peer = await dialed(node.address, new Uint8Array(0));
    for (const byte of bytes) {
      peer.socket.write(Uint8Array.of(byte));
      if (byte % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until('all are heard', () => node.heard.length === 3);
    expect(node.heard.map(([text]) => text)).toEqual(['one', 'two', 'three']);
    expect(node.malformed).toHaveLength(2);
  });

  test('to a peer that is not there are lost, after which it is left alone for a second', async () => {
    const clock = new ManualClock();
    const node = party(await bound({ clock, mode }));
    const { counters } = node.transport;
    const nobody = '127.0.0.4:1';
    for (let i = 0; i < 5; i++) node.endpoint.send(nobody, 'hello?');
    await until('the attempt has failed', () => counters.carriersFailed === 1 && counters.connectionsOpen === 0);
    expect(counters.carrierDatagramsLost).toBe(5);
    for (let i = 0; i < 5; i++) node.endpoint.send(nobody, 'hello?');
    expect(counters).toMatchObject({ carriersDialed: 1, carrierDatagramsLost: 10 });
    clock.advance(1_000);
    node.endpoint.send(nobody, 'hello?');
    expect(counters.carriersDialed).toBe(2);
    await until('the attempt has failed', () => counters.carriersFailed === 2);
    expect(clock.pending).toBe(0);
  });

  test('to a peer that takes nothing are lost once too many wait', async () => {
    const node = party(await bound({ clock: new ManualClock(), mode }));
    const { counters } = node.transport;
    const peer = await listener();
    for (let i = 0; i < 20; i++) node.endpoint.send(peer.address, 'x'.repeat(60_000));
    expect(counters.datagramsSent).toBe(5);
    expect(counters.carrierDatagramsLost).toBe(15);
  });

  test('to a peer that confirms nothing for three seconds take a new connection', async () => {
    const clock = new ManualClock();
    const node = party(await bound({ clock, mode }));
    const peer = await listener();
    const sendAndWait = async (bytes: number): Promise<void> => {
      node.endpoint.send(peer.address, 'hello');
      await until('it is there', () => peer.sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0) === bytes);
    };
    const one = 7 + 2 + 2 + 'hello'.length;
    await sendAndWait(one);
    clock.advance(3_000);
    await sendAndWait(one + 9);
    expect(peer.sockets).toHaveLength(1);
    clock.advance(1);
    await sendAndWait(2 * one + 9);
    expect(peer.sockets).toHaveLength(2);
    expect(node.transport.counters).toMatchObject({ carriersDialed: 2, carriersFailed: 0 });
    await until('the old one is gone', () => node.transport.counters.carriersOpen === 1);
  });

  test('to a peer that confirms stay on one connection', async () => {
    const clock = new ManualClock();
    const left = party(await bound({ clock, mode }));
    const right = party(await bound({ clock, mode }));
    for (let i = 1; i <= 10; i++) {
      left.endpoint.send(right.address, 'hello');
      await until('it is heard', () => right.heard.length === i);
      await quiet([left.transport.counters, right.transport.counters]);
      clock.advance(3_001);
    }
    expect(left.transport.counters.carriersDialed).toBe(1);
  });

  test('find their peer again when it has restarted', async () => {
    const clock = new ManualClock();
    const left = party(await bound({ clock, mode }));
    // An address that no other test takes ports of.
    const first = party(await bound({ clock, mode, bind: '127.0.0.22:0' }));
    left.endpoint.send(first.address, 'to the first');
    await until('it is heard', () => first.heard.length === 1);
    await first.transport.close();
    await until('the end is seen', () => left.transport.counters.carriersOpen === 0);
    const second = party(await bound({ clock, mode, bind: first.address }));
    left.endpoint.send(second.address, 'to the second');
    await until('it is heard', () => second.heard.length === 1);
    expect(left.transport.counters.carrierDatagramsLost).toBe(0);
  });

  test('leave connections that are closed when unused', async () => {
    const clock = new ManualClock();
    const left = party(await bound({ clock, mode }));
    const right = party(await bound({ clock, mode }));
    const { counters } = left.transport;
    left.endpoint.send(right.address, 'hello');
    await until('it is heard', () => right.heard.length === 1);
    clock.advance(20_000);
    left.endpoint.send(right.address, 'hello again');
    await until('it is heard', () => right.heard.length === 2);
    await quiet([counters]);
    clock.advance(29_999);
    await quiet([counters]);
    expect(counters.carriersOpen).toBe(1);
    clock.advance(1);
    await until('it is closed', () => counters.connectionsOpen + right.transport.counters.connectionsOpen === 0);
    expect(counters.carrierDatagramsLost).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('arrive on connections that are closed when only dust falls', async () => {
    const clock = new ManualClock();
    const node = party(await bound({ clock, mode, acceptDeadlineMs: 10_000 }));
    const { counters } = node.transport;
    const half = Uint8Array.of(...preamble('datagrams', 4321), 0xff, 0xff);
    const never = await dialed(node.address, half);
    await until('it is accepted', () => counters.carriersAccepted === 1);
    const once = await dialed(
      node.address,
      Uint8Array.of(...preamble('datagrams', 4321), ...framed('hello'), 0xff, 0xff),
    );
    await until('it is heard', () => node.heard.length === 1);
    const junk = await dialed(node.address, preamble('datagrams', 4321));
    await until('it is accepted', () => counters.carriersAccepted === 3);
    const seconds = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 2) {
        for (const { socket } of [never, once]) socket.write(new Uint8Array(10));
        junk.socket.write(Uint8Array.of(0, 3, 9, 9, 9));
        await quiet([counters]);
        clock.advance(2_000);
      }
    };
    await seconds(10);
    await until('two are cut', () => never.isGone() && junk.isGone());
    await seconds(48);
    expect(once.isGone()).toBe(false);
    await seconds(4);
    await until('the other is cut', () => once.isGone());
    expect(counters.carriersOpen).toBe(0);
  });

  test('that were sent right before the transport closed still leave', async () => {
    const clock = new ManualClock();
    const right = party(await bound({ clock, mode }));
    const left = party(await bound({ clock, mode }));
    left.endpoint.send(right.address, 'goodbye');
    await left.transport.close();
    await until('it is heard', () => right.heard.length === 1);
    expect(left.transport.counters).toMatchObject({ connectionsOpen: 0, carriersOpen: 0 });
  });

  test('that cannot leave hold a closing transport for a second at most', async () => {
    const clock = new ManualClock();
    const node = party(await bound({ clock, mode }));
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const sockets: Socket[] = [];
    server.on('connection', (socket) => void sockets.push(socket.on('error', () => {})));
    onTestFinished(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { counters } = node.transport;
    // Until the kernels on both sides are full.
    await until('something waits', () => {
      for (let i = 0; i < 100; i++) node.endpoint.send(address, 'x'.repeat(60_000));
      return sockets.length === 1 && counters.datagramsSent > 10 && counters.carrierDatagramsLost > 1_000;
    });
    let closed = false;
    const closing = node.transport.close().then(() => (closed = true));
    await quiet([counters]);
    expect(closed).toBe(false);
    clock.advance(1_000);
    await closing;
    expect(counters).toMatchObject({ connectionsOpen: 0, carriersOpen: 0 });
  });
});

describe('a port for streams and carriers', () => {
  test('takes a stream that says nothing about itself, as those of memberlist', async () => {
    const node = party(await bound({ clock: new ManualClock(), mode }));
    const peer = await dialed(node.address, textProtocol.stream.encode('hello'));
    await until('it is answered', () => peer.heard.length > 0);
    expect(node.accepted[0]!.events).toEqual(['open', 'hello']);
    expect(Buffer.from(peer.heard.slice(2)).toString()).toBe('echo hello');
  });

  test('resets what says that it is for something unknown, and counts it', async () => {
    const node = party(await bound({ clock: new ManualClock(), mode }));
    const peer = await dialed(node.address, Uint8Array.of(...preamble('stream', 1).slice(0, 3), 99, 0, 0, 1));
    await until('it is cut', () => peer.isGone());
    expect(node.transport.counters).toMatchObject({ openingsUnknown: 1, streamsAccepted: 0, connectionsOpen: 0 });
  });

  test('does not count carriers as streams', async () => {
    const node = party(await bound({ clock: new ManualClock(), mode, streamsMax: 1 }));
    const { counters } = node.transport;
    for (let i = 1; i <= 3; i++) {
      await dialed(node.address, preamble('datagrams', 4321));
      await until('it is accepted', () => counters.carriersAccepted === i);
    }
    await dialed(node.address, preamble('stream', 4321));
    await until('it is accepted', () => counters.streamsAccepted === 1);
    expect(counters.streamsRefused).toBe(0);
  });
});
