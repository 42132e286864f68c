import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Keyring } from '../../../core/membership/keyring.ts';
import { seededRandom } from '../../../core/random.ts';
import { memberlistProtocol } from '../../../core/wire/protocol.ts';
import { systemClock } from '../../../transports/clock.ts';
import { nodeCrypto } from '../../../transports/crypto.ts';
import type { BindOptions } from '../../../transports/sockets/bind.ts';
import { placeOf } from '../../../transports/sockets/place.ts';
import { preamble } from '../../../transports/sockets/preamble.ts';
import { authority, bound, uncaught, until } from './support.ts';

const clock = systemClock();
const tls = authority().issue('IP:127.0.0.1');
const random = seededRandom('hostile');
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.int(256));

/** The real protocol on real sockets; only messages are let through, and there should be none. */
async function target(options: Partial<BindOptions> = {}) {
  const errors = uncaught();
  const transport = await bound({ clock, acceptDeadlineMs: 400, ...options });
  const protocol = memberlistProtocol({
    label: '',
    crypto: nodeCrypto(),
    keys: () => new Keyring().list(),
    acceptPlain: true,
    compress: false,
    sealVersion: 1,
  });
  const counts = { datagrams: 0, malformed: 0, opened: 0, closed: 0 };
  transport.open(transport.address, protocol, {
    onDatagram: () => void (counts.datagrams += 1),
    onMalformed: () => void (counts.malformed += 1),
    onStream() {
      counts.opened += 1;
      return { onMessage() {}, onClose: () => void (counts.closed += 1) };
    },
  });
  const { host, port } = placeOf(transport.address);
  const sockets: Socket[] = [];
  const leave = (): void => sockets.forEach((socket) => socket.destroy());
  onTestFinished(leave);
  return {
    counters: transport.counters,
    counts,
    errors,
    host,
    port,
    dial(): Socket {
      const socket = connect({ host, port, allowHalfOpen: true });
      socket.on('error', () => {});
      socket.resume();
      sockets.push(socket);
      return socket;
    },
    leave,
    async empty(): Promise<void> {
      const { counters } = transport;
      await until(
        'nothing is open',
        () => counters.connectionsOpen + counters.streamsOpen + counters.carriersOpen === 0,
      );
      expect(counts.closed).toBe(counts.opened);
      expect(errors).toEqual([]);
    },
  };
}

const modes: readonly (readonly [mode: string, options: Partial<BindOptions>])[] = [
  ['udp', { mode: 'udp' }],
  ['tcp', { mode: 'tcp' }],
  ['tls', { mode: 'tls', tls }],
];

test('thousands of datagrams of noise are counted, each once', async () => {
  const { counters, counts, errors, host, port } = await target();
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  for (let sent = 0; sent < 4_000;) {
    for (let i = 0; i < 50; i++, sent++)
      socket.send(noise(random.int(100) < 5 ? random.int(9_000) : random.int(200)), port, host);
    await until('they are there', () => counters.datagramsReceived === sent);
  }
  expect(counts.datagrams + counts.malformed).toBe(4_000);
  expect(counts.malformed).toBeGreaterThan(3_000);
  expect(errors).toEqual([]);
});

describe.each(modes)('in mode %s', (mode, options) => {
  const first = (): Uint8Array => {
    if (mode === 'udp' || random.chance([1, 4])) return new Uint8Array(0);
    return preamble(random.chance([1, 2]) ? 'stream' : 'datagrams', 7_946);
  };

  test('streams of noise, ended in every way, leave nothing behind', async () => {
    const node = await target(options);
    const ends: ((socket: Socket) => void)[] = [
      (socket) => socket.end(),
      (socket) => socket.destroy(),
      (socket) => socket.resetAndDestroy(),
      () => {},
    ];
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 20; i++) {
        const socket = node.dial();
        socket.write(Uint8Array.of(...first(), ...noise(random.int(3_000))));
        const end = ends[random.int(ends.length)]!;
        if (random.chance([1, 2])) end(socket);
        else socket.once('connect', () => end(socket));
      }
      await sleep(1);
    }
    // Noise may look like a carrier with datagrams, which may stay: that is bounded by idleness, in minutes.
    await until('only carriers are left', () => node.counters.connectionsOpen === node.counters.carriersOpen);
    node.leave();
    await node.empty();
  });

  test('thousands of connections that come and go leave nothing behind', async () => {
    const node = await target({ ...options, streamsMax: 32 });
    const total = mode === 'tls' ? 500 : 2_000;
    for (let refused = 68; refused <= 0.68 * total; refused += 68) {
      const sockets = Array.from({ length: 100 }, () => node.dial());
      await until('all have come', () => node.counters.streamsRefused === refused);
      for (const socket of sockets) socket.destroy();
      await until('all have gone', () => node.counters.connectionsOpen === 0);
    }
    await node.empty();
  });

  test('connections that drip, and those that say nothing, are cut', async () => {
    const node = await target(options);
    const lazy = Array.from({ length: 20 }, (_, i) => {
      const socket = node.dial();
      // A label header that never ends; or a carrier's preamble, cut short.
      const bytes = mode === 'udp' ? Uint8Array.of(244, 255, ...new Uint8Array(200).fill(97)) : preamble('stream', 1);
      let sent = 0;
      const drip = setInterval(() => {
        if (i % 2 === 0 && !socket.destroyed && sent < bytes.length - 1) socket.write(bytes.subarray(sent, ++sent));
      }, 50);
      socket.once('close', () => clearInterval(drip));
      return socket;
    });
    await until('all are cut', () => lazy.every((socket) => socket.destroyed || socket.readableEnded));
    expect(node.counters.streamTimeouts + node.counters.tlsFailures.size).toBeGreaterThanOrEqual(
      mode === 'tls' ? 1 : 20,
    );
    await node.empty();
  });
});
