import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MILLISECOND } from '../../../core/ports/clock.ts';
import { Arrivals } from '../../../transports/sockets/arrivals.ts';
import { CarrierPool } from '../../../transports/sockets/carrier-pool.ts';
import { Connection } from '../../../transports/sockets/connection.ts';
import { TransportCounters } from '../../../transports/sockets/counters.ts';
import type { CarrierLimits } from '../../../transports/sockets/inbound-carriers.ts';
import { preamble } from '../../../transports/sockets/preamble.ts';
import { Switchboard } from '../../../transports/sockets/switchboard.ts';
import { ManualClock } from '../../membership/lone-node.ts';
import { quiet, until } from './support.ts';

/** A port where connections are taken as the test says. */
async function listening(onConnection: (connection: Connection) => void): Promise<number> {
  const server = createServer((raw) => onConnection(new Connection(raw, raw))).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const dialed = (port: number, host = '127.0.0.1'): Connection => {
  const raw = connect({ host, port });
  onTestFinished(() => void raw.destroy());
  return new Connection(raw, raw, 'connect');
};

const bytes = Uint8Array.of(1, 2, 3);

test('a pool closes the carrier that was used least recently when it needs one more', async () => {
  const clock = new ManualClock();
  const counters = new TransportCounters();
  const taken: Connection[] = [];
  const port = await listening((connection) => {
    taken.push(connection);
    connection.attach({ onData() {}, onEnd() {}, onGone() {} });
  });
  const pool = new CarrierPool(clock, counters, () => dialed(port), 3);
  for (const peer of ['a', 'b', 'c', 'a', 'd']) pool.send(peer, bytes);
  await until('one is closed', () => counters.carriersOpen === 3);
  expect(counters.carriersDialed).toBe(4);
  for (const peer of ['a', 'c', 'd']) pool.send(peer, bytes);
  expect(counters.carriersDialed).toBe(4);
  pool.send('b', bytes);
  expect(counters.carriersDialed).toBe(5);
  await pool.close();
});

test('a pool remembers only so many peers that could not be reached', async () => {
  const counters = new TransportCounters();
  const pool = new CarrierPool(new ManualClock(), counters, () => dialed(1, '127.0.0.4'), 3);
  for (const [i, peer] of ['a', 'b', 'c', 'd'].entries()) {
    pool.send(peer, bytes);
    await until('it has failed', () => counters.carriersFailed === i + 1);
  }
  for (const peer of ['b', 'c', 'd']) pool.send(peer, bytes);
  expect(counters.carriersDialed).toBe(4);
  pool.send('a', bytes);
  expect(counters.carriersDialed).toBe(5);
  await until('it has failed', () => counters.carriersFailed === 5);
});

/** A port that takes carriers, within limits; datagrams that begin with 1 decode. */
async function arriving(limits: Partial<CarrierLimits>) {
  const counters = new TransportCounters();
  const clock = new ManualClock();
  const switchboard = new Switchboard(counters);
  switchboard.attached = { receive: ([first]) => first === 1, accept() {} };
  const parts = { clock, counters, switchboard, deadline: 10_000 * MILLISECOND, release() {} };
  const arrivals = new Arrivals({ ...parts, limits: { total: 100, perHost: 100, heldBytes: 1_000_000, ...limits } });
  const hosts: string[] = [];
  const port = await listening((connection) => arrivals.onConnection(connection, hosts.shift()!, 1));
  return {
    clock,
    counters,
    /** A carrier from `host`; what it wrote has arrived when this resolves. */
    async carrier(host: string) {
      hosts.push(host);
      const accepted = counters.carriersAccepted + 1;
      const connection = dialed(port);
      let gone = false;
      connection.attach({ onData() {}, onEnd: () => connection.close(), onGone: () => (gone = true) });
      connection.write(preamble('datagrams', 1));
      await until('it is accepted', () => counters.carriersAccepted === accepted);
      return {
        isGone: () => gone,
        close: () => connection.close(),
        /** The beginning of a datagram that never becomes whole. */
        hold: (length: number) => connection.write(Uint8Array.of(0xff, 0xff, ...new Uint8Array(length - 2))),
        async say(first: number) {
          const heard = counters.datagramsReceived + 1;
          connection.write(Uint8Array.of(0, 2, first, 0));
          await until('it is heard', () => counters.datagramsReceived === heard);
        },
      };
    },
  };
}

describe('carriers from peers', () => {
  test('make room for another one when there are too many: whoever was silent longest goes', async () => {
    const { carrier, counters } = await arriving({ total: 3 });
    const [a, b, c] = [await carrier('10.0.0.1'), await carrier('10.0.0.2'), await carrier('10.0.0.3')];
    await a.say(1);
    await b.say(9);
    const d = await carrier('10.0.0.4');
    await until('one is cut', () => b.isGone());
    const e = await carrier('10.0.0.5');
    await until('another one is cut', () => c.isGone());
    expect([a, d, e].map((one) => one.isGone())).toEqual([false, false, false]);
    expect(counters).toMatchObject({ carriersAccepted: 5, carriersCut: 2 });
    for (const one of [a, d, e]) one.close();
    await until('all are gone', () => counters.carriersOpen === 0);
    expect(counters.carriersCut).toBe(2);
  });

  test('of one address make room for each other alone', async () => {
    const { carrier, counters } = await arriving({ perHost: 2 });
    const other = await carrier('10.0.0.1');
    const [first, second] = [await carrier('10.0.0.66'), await carrier('10.0.0.66')];
    await first.say(1);
    const third = await carrier('10.0.0.66');
    await until('the silent one is cut', () => second.isGone());
    expect([other, first, third].map((one) => one.isGone())).toEqual([false, false, false]);
    first.close();
    await until('it has left', () => counters.carriersOpen === 2);
    await carrier('10.0.0.66');
    expect(counters.carriersCut).toBe(1);
  });

  test('stay open for what decodes, not for what is only whole', async () => {
    const { carrier, clock } = await arriving({});
    const [noisy, silent, honest] = [await carrier('10.0.0.1'), await carrier('10.0.0.2'), await carrier('10.0.0.3')];
    clock.advance(5_000);
    await noisy.say(9);
    await honest.say(1);
    clock.advance(5_000);
    await until('two are cut', () => noisy.isGone() && silent.isGone());
    clock.advance(54_999);
    await honest.say(9);
    expect(honest.isGone()).toBe(false);
    clock.advance(1);
    await until('the last is cut', () => honest.isGone());
  });

  test('hold only so many bytes of unfinished datagrams, all together', async () => {
    const { carrier, counters } = await arriving({ heldBytes: 50_000 });
    const [idle, greedy, other] = [await carrier('10.0.0.1'), await carrier('10.0.0.2'), await carrier('10.0.0.3')];
    greedy.hold(40_000);
    other.hold(9_000);
    await quiet([counters]);
    expect(counters.carriersCut).toBe(0);
    other.hold(2_000);
    await until('who holds most of it is cut', () => greedy.isGone());
    // What the one held is free again.
    other.hold(38_000);
    await quiet([counters]);
    expect([idle, other].map((one) => one.isGone())).toEqual([false, false]);
    expect(counters.carriersCut).toBe(1);
  });
});
