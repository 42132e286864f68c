import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { mdnsSource } from '../../core/discovery/mdns/mdns-source.ts';
import { Collision, type Ask, type Found, type Self, type Source } from '../../core/discovery/source.ts';
import { dnsMessage } from '../../core/dns/message.ts';
import { messageOf } from '../../core/errors.ts';
import { seededRandom } from '../../core/random.ts';
import { systemClock } from '../../transports/clock.ts';
import { NodeMulticastDns } from '../../transports/mdns/multicast-dns.ts';
import { until } from '../interop/until.ts';

/** Of this run alone: other runs on the same machine hear each other. */
const SERVICE = `_rc${process.pid % 1_000_000}._udp`;
const patient: Ask = { deadlineMs: 5_000, signal: new AbortController().signal };

function sourceOn(interfaces: readonly string[], seed: string): Source {
  const multicastDns = new NodeMulticastDns();
  onTestFinished(() => multicastDns.close());
  const ports = { clock: systemClock(), random: seededRandom(seed), multicastDns };
  return mdnsSource({ service: SERVICE, interfaces, collectMs: 1_500, register: true }, ports, 'blue');
}

const self = (id: string, port: number): Self => {
  return { id, address: `127.0.0.1:${port}`, label: 'blue', tags: {}, admin: undefined };
};

/** Some systems have no multicast on loopback. */
async function hearsItself(): Promise<boolean> {
  const multicast = new NodeMulticastDns();
  let heard = false;
  try {
    const endpoint = await multicast.open(['127.0.0.1'], { onMessage: () => (heard = true) });
    endpoint.send(dnsMessage({ questions: [{ name: `${SERVICE}.local`, type: 'TXT' }] }));
    await until('multicast to come back', () => heard, 2_000);
  } catch (error) {
    console.warn(`multicast on loopback: skipped, because it does not work here: ${messageOf(error)}`);
  }
  multicast.close();
  return heard;
}

const works = await hearsItself();

test.skipIf(!works)('nodes on loopback claim their names, find each other, collide, and say goodbye', async () => {
  const lease = await sourceOn(['127.0.0.1'], 'a').register!(self('a', 7001), patient);
  const other = sourceOn(['127.0.0.1'], 'b');
  expect((await other.discover(patient)).candidates).toEqual([{ id: 'a', address: '127.0.0.1:7001' }]);
  const claim = other.register!(self('a', 7002), patient);
  await expect(claim).rejects.toBeInstanceOf(Collision);
  await expect(claim).rejects.toMatchObject({ holder: '127.0.0.1:7001' });

  const heard: Found[] = [];
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  void other.watch!({ found: (found) => void heard.push(found) }, controller.signal);
  await until('the node to be told', () => heard.length === 1, 5_000);
  await lease.release(patient);
  await until('the goodbye to be told', () => heard.at(-1)?.candidates.length === 0, 5_000);
});

test('a machine without the interface says which it has', async () => {
  const [known = ''] = Object.keys(networkInterfaces());
  await expect(sourceOn(['nosuch0'], 'x').discover(patient)).rejects.toThrow(/no interface nosuch0/);
  await expect(sourceOn(['nosuch0'], 'x').discover(patient)).rejects.toThrow(known);
});
