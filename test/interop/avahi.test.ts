import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { mdnsSource } from '../../core/discovery/mdns/mdns-source.ts';
import { Collision, type Ask, type Self, type Source } from '../../core/discovery/source.ts';
import { seededRandom } from '../../core/random.ts';
import { systemClock } from '../../transports/clock.ts';
import { NodeMulticastDns } from '../../transports/mdns/multicast-dns.ts';
import { AvahiDaemon, describeWithAvahi } from './avahi-daemon.ts';
import { until } from './until.ts';

const SERVICE = `_av${process.pid % 1_000_000}._udp`;
const patient: Ask = { deadlineMs: 5_000, signal: new AbortController().signal };
const self = (id: string, port: number): Self => {
  return { id, address: `127.0.0.1:${port}`, label: 'blue', tags: {}, admin: undefined };
};

describeWithAvahi('beside Avahi on the same port', () => {
  let avahi: AvahiDaemon;
  beforeAll(async () => {
    avahi = await AvahiDaemon.start();
  });
  afterAll(() => avahi?.stop());

  function source(seed: string): Source {
    const multicastDns = new NodeMulticastDns();
    onTestFinished(() => multicastDns.close());
    const ports = { clock: systemClock(), random: seededRandom(seed), multicastDns };
    return mdnsSource({ service: SERVICE, interfaces: ['127.0.0.1'], collectMs: 1_500, register: true }, ports, 'blue');
  }

  test('it sees a node that has announced itself, and that it has said goodbye', async () => {
    const lease = await source('ours').register!(self('n.1 ä', 7001), patient);
    const seen = () => avahi.browse(SERVICE);
    await until(
      'Avahi to see the node',
      () => seen().length === 1,
      8_000,
      () => JSON.stringify(seen()),
    );
    expect(seen()).toEqual([
      {
        name: String.raw`n\.1\032\195\164`,
        address: '127.0.0.1',
        port: 7001,
        texts: ['cluster=blue', String.raw`id=n.1 \195\164`, 'txtvers=1'],
      },
    ]);
    await lease.release(patient);
    await until('Avahi to hear the goodbye', () => seen().length === 0, 8_000);
  });

  test('nodes that it announces are found, and their names are defended', async () => {
    await avahi.publish('theirs', SERVICE, 7009, 'txtvers=1', 'id=theirs', 'cluster=blue');
    const { candidates } = await source('finder').discover(patient);
    expect(candidates).toContainEqual({ id: 'theirs', address: '127.0.0.1:7009' });
    const claim = source('claimer').register!(self('theirs', 7002), patient);
    await expect(claim).rejects.toBeInstanceOf(Collision);
  });
});
