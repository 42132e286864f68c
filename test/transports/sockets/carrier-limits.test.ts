import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Arrivals } from '../../../transports/sockets/arrivals.ts';
import { CarrierPool } from '../../../transports/sockets/carrier-pool.ts';
import { Connection } from '../../../transports/sockets/connection.ts';
import { TransportCounters } from '../../../transports/sockets/counters.ts';
import { preamble } from '../../../transports/sockets/preamble.ts';
import { Switchboard } from '../../../transports/sockets/switchboard.ts';
import { ManualClock } from '../../membership/lone-node.ts';
import { until } from './support.ts';

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

test('carriers from peers are cut and counted beyond the limit', async () => {
  const counters = new TransportCounters();
  const parts = { clock: new ManualClock(), counters, switchboard: new Switchboard(counters), deadline: 1_000 };
  const arrivals = new Arrivals({ ...parts, carriersMax: 2, release() {} });
  const port = await listening((connection) => arrivals.onConnection(connection, '127.0.0.1', 1));
  const peers = [1, 2, 3].map((announced) => {
    const connection = dialed(port);
    connection.write(preamble('datagrams', announced));
    connection.attach({ onData() {}, onEnd() {}, onGone() {} });
    return connection;
  });
  await until('one is cut', () => counters.carriersRefused === 1);
  expect(counters.carriersAccepted).toBe(2);
  for (const peer of peers) peer.close();
  await until('all are gone', () => counters.carriersOpen === 0);
});
