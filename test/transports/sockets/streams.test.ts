import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SECOND } from '../../../core/ports/clock.ts';
import { systemClock } from '../../../transports/clock.ts';
import { placeOf } from '../../../transports/sockets/place.ts';
import { textProtocol } from '../../contract/text-protocol.ts';
import { ManualClock } from '../../membership/lone-node.ts';
import { bound, party, talk, uncaught, until } from './support.ts';

const clock = systemClock();

/** A connection by somebody who is no Rollcall; what it hears of its end is noted. */
async function stranger(address: string) {
  const { host, port } = placeOf(address);
  const socket = connect({ host, port, allowHalfOpen: true });
  const seen: string[] = [];
  let bytes = 0;
  socket.on('data', (chunk) => (bytes += chunk.length));
  socket.on('end', () => seen.push('end'));
  socket.on('error', (error: NodeJS.ErrnoException) => seen.push(error.code ?? ''));
  onTestFinished(() => void socket.destroy());
  let connected = false;
  socket.once('connect', () => (connected = true));
  await until('it is connected or cut', () => connected || seen.length > 0);
  return { socket, seen, heard: () => bytes };
}

/** Somebody who accepts and does no more. */
async function mute() {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

const framed = (text: string): Uint8Array => textProtocol.stream.encode(text);

describe('streams', () => {
  test('beyond the limit are cut and counted, and there is room again when others have gone', async () => {
    const node = party(await bound({ clock, streamsMax: 2 }));
    const { counters } = node.transport;
    const first = await stranger(node.address);
    await stranger(node.address);
    await until('both are accepted', () => counters.streamsAccepted === 2);
    const third = await stranger(node.address);
    await until('the third is cut', () => third.seen.length > 0);
    expect(counters).toMatchObject({ streamsAccepted: 2, streamsRefused: 1, streamsOpen: 2 });
    first.socket.destroy();
    await until('one has gone', () => counters.streamsOpen === 1);
    await stranger(node.address);
    await until('another is accepted', () => counters.streamsAccepted === 3);
  });

  test.each(['udp', 'tcp'] as const)('that say nothing are cut at the deadline, in mode %s', async (mode) => {
    const manual = new ManualClock();
    const node = party(await bound({ clock: manual, mode, acceptDeadlineMs: 10_000 }));
    const { counters } = node.transport;
    const silent = await stranger(node.address);
    await until('it is accepted', () => counters.connectionsOpen === 1 && manual.pending > 0);
    manual.advance(9_999);
    expect(counters.streamTimeouts).toBe(0);
    manual.advance(1);
    await until('it is cut', () => silent.seen.includes('ECONNRESET') && counters.connectionsOpen === 0);
    expect(counters.streamTimeouts).toBe(1);
    expect(node.accepted.map(({ events }) => events)).toEqual(mode === 'udp' ? [['open', 'closed: timeout']] : []);
    expect(manual.pending).toBe(0);
  });

  test('that drip are cut too: only a whole message counts, and after it the deadline is the protocol’s', async () => {
    const manual = new ManualClock();
    const node = party(await bound({ clock: manual, acceptDeadlineMs: 10_000 }));
    const { counters } = node.transport;
    const good = await stranger(node.address);
    good.socket.write(framed('whole'));
    await until('a message is heard', () => node.accepted[0]?.events.includes('whole') === true);
    const loris = await stranger(node.address);
    const message = framed('never to be whole');
    for (let i = 0; i < 10; i++) {
      loris.socket.write(message.subarray(i, i + 1));
      const before = counters.streamBytesReceived;
      await until('the byte is there', () => counters.streamBytesReceived > before);
      manual.advance(1_000);
    }
    await until('it is cut', () => loris.seen.includes('ECONNRESET'));
    expect(node.accepted[1]!.events).toEqual(['open', 'closed: timeout']);
    manual.advance(60_000);
    expect(node.accepted[0]!.events).toEqual(['open', 'whole']);
  });

  test('whose bytes do not decode are reset with the reason, and what came before is heard', async () => {
    const node = party(await bound({ clock }));
    const bad = await stranger(node.address);
    bad.socket.write(framed('fine'));
    await until('the first is heard', () => node.accepted[0]?.events.includes('fine') === true);
    bad.socket.write(framed('poison'));
    await until('it is reset', () => bad.seen.includes('ECONNRESET'));
    expect(node.accepted[0]!.events).toEqual(['open', 'fine', 'closed: malformed']);
  });

  test('whose peer finishes in order while we still speak are heard to the end', async () => {
    const node = party(await bound({ clock }));
    const peer = await stranger(node.address);
    for (let i = 0; i < 200; i++) peer.socket.write(framed('x'.repeat(10_000)));
    peer.socket.end();
    await until('all is there', () => peer.seen.includes('end'));
    expect(peer.heard()).toBe(200 * (10_000 + 'echo '.length + 2));
    await until('nothing is left', () => node.transport.counters.connectionsOpen === 0);
  });

  test('whose peer finishes and never reads are not kept for ever', async () => {
    const manual = new ManualClock();
    const node = party(await bound({ clock: manual, acceptDeadlineMs: 10_000 }));
    const peer = await stranger(node.address);
    peer.socket.pause();
    await until('it is accepted', () => node.accepted.length === 1);
    const { stream, events } = node.accepted[0]!;
    for (let i = 0; i < 300; i++) stream.send('x'.repeat(60_000));
    peer.socket.end(framed('done'));
    await until('the end is heard', () => events.includes('closed: end'));
    expect(stream.pending).toBeGreaterThan(0);
    manual.advance(10_000);
    await until('it is gone', () => node.transport.counters.connectionsOpen === 0);
    expect(events).toEqual(['open', 'done', 'closed: end']);
  });

  test('to a peer that does not read are cut when too much waits', async () => {
    const node = party(await bound({ clock }));
    const { address } = await mute();
    const { events, details, handlers } = talk();
    const stream = node.endpoint.connect(address, 60 * SECOND, handlers);
    let most = 0;
    for (let i = 0; i < 1_000; i++) {
      stream.send('x'.repeat(60_000));
      most = Math.max(most, stream.pending);
    }
    await until('it is cut', () => events.length > 0);
    expect(events).toEqual(['closed: reset']);
    expect(String(details[0])).toContain(`${address} does not read`);
    expect(most).toBeLessThan(42 * 1024 * 1024);
    await until('it is gone', () => node.transport.counters.connectionsOpen === 0);
  });

  // Otherwise the kernel would go on for minutes to offer half a message to somebody who does not read.
  test.runIf(process.platform === 'linux')(
    'that are closed with words unsaid leave nothing to the kernel',
    async () => {
      const node = party(await bound({ clock }));
      const peer = await mute();
      const { events, handlers } = talk();
      const stream = node.endpoint.connect(peer.address, 60 * SECOND, handlers);
      for (let i = 0; i < 300; i++) stream.send('x'.repeat(60_000));
      await until('it is open', () => peer.sockets.length === 1 && events.length === 1);
      expect(stream.pending).toBeGreaterThan(0);
      const local = `0100007F:${peer.sockets[0]!.remotePort!.toString(16).toUpperCase().padStart(4, '0')}`;
      const isKnown = (): boolean => readFileSync('/proc/net/tcp', 'utf8').includes(`: ${local} `);
      expect(isKnown()).toBe(true);
      stream.close();
      await until('it is gone', () => node.transport.counters.connectionsOpen === 0);
      expect(isKnown()).toBe(false);
    },
  );

  test('that are closed while their end is on its way leave nothing behind', async () => {
    const node = party(await bound({ clock }));
    const peer = await mute();
    const { events, handlers } = talk();
    const stream = node.endpoint.connect(peer.address, 60 * SECOND, handlers);
    for (let i = 0; i < 300; i++) stream.send('x'.repeat(60_000));
    stream.end();
    await until('it is open', () => events.length === 1);
    expect(stream.pending).toBeGreaterThan(0);
    stream.close();
    await until('it is gone', () => node.transport.counters.connectionsOpen === 0);
    expect(events).toEqual(['open', 'closed: closed']);
  });

  test('that nobody accepts are refused with the system’s words', async () => {
    const node = party(await bound({ clock }));
    const { events, details, handlers } = talk();
    node.endpoint.connect('127.0.0.4:1', SECOND, handlers);
    await until('it is refused', () => events.length > 0);
    expect([events, String(details[0])]).toEqual([['closed: refused'], expect.stringContaining('ECONNREFUSED')]);
    const toPort0 = talk();
    node.endpoint.connect('127.0.0.1:0', SECOND, toPort0.handlers);
    await until('it is refused', () => toPort0.events.length > 0);
    expect(toPort0.events).toEqual(['closed: refused']);
  });

  test('that are cut by their peer close with reset', async () => {
    const node = party(await bound({ clock }));
    const peer = await mute();
    const { events, handlers } = talk();
    node.endpoint.connect(peer.address, SECOND, handlers);
    await until('the peer has accepted', () => peer.sockets.length === 1 && events.length === 1);
    peer.sockets[0]!.resetAndDestroy();
    await until('it is closed', () => events.length === 2);
    expect(events).toEqual(['open', 'closed: reset']);
  });

  test('are cut and counted while nobody is attached', async () => {
    const transport = await bound({ clock });
    const peer = await stranger(transport.address);
    await until('it is cut', () => peer.seen.length > 0);
    expect(transport.counters).toMatchObject({ connectionsUnattended: 1, streamsAccepted: 0 });
    await until('it is gone', () => transport.counters.connectionsOpen === 0);
  });

  test('of a transport that closes are closed, whatever they were doing', async () => {
    const manual = new ManualClock();
    const node = party(await bound({ clock: manual, mode: 'tcp' }));
    const peer = await mute();
    const dialed = talk();
    node.endpoint.connect(peer.address, 60 * SECOND, dialed.handlers).send('hello');
    await stranger(node.address);
    const speaking = await stranger(node.address);
    speaking.socket.write(framed('hello'));
    await until('one is accepted', () => node.accepted[0]?.events.includes('hello') === true);
    await node.transport.close();
    expect(dialed.events.at(-1)).toBe('closed: endpoint-closed');
    expect(node.accepted[0]!.events.at(-1)).toBe('closed: endpoint-closed');
    expect(node.transport.counters).toMatchObject({ connectionsOpen: 0, streamsOpen: 0, carriersOpen: 0 });
    expect(manual.pending).toBe(0);
  });

  test('whose handlers throw surface that as an uncaught exception and go on; without handlers they are cut', async () => {
    const errors = uncaught();
    const transport = await bound({ clock });
    const closed: string[] = [];
    let accepted = 0;
    transport.open<string, string>(transport.address, textProtocol, {
      onDatagram() {},
      onMalformed() {},
      onStream() {
        if (++accepted === 2) throw new Error('no handlers');
        return {
          onMessage(text, stream) {
            stream.send(`echo ${text}`);
            throw new Error(`handling ${text}`);
          },
          onClose(reason) {
            closed.push(reason);
            throw new Error('closing');
          },
        };
      },
    });
    const peer = await stranger(transport.address);
    for (const text of ['one', 'two']) peer.socket.write(framed(text));
    await until('both are answered', () => peer.heard() === 2 * (2 + 'echo one'.length));
    peer.socket.end();
    await until('all have surfaced', () => errors.length === 3);
    expect(errors.map((error) => (error as Error).message)).toEqual(['handling one', 'handling two', 'closing']);
    expect(closed).toEqual(['end']);
    const second = await stranger(transport.address);
    await until('it is cut', () => second.seen.length > 0 && errors.length === 4);
    await until('it is gone', () => transport.counters.connectionsOpen === 0);
  });
});
