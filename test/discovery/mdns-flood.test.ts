import { expect, test } from 'vitest';
import { Browser } from '../../core/discovery/mdns/browser.ts';
import { instancesIn } from '../../core/discovery/mdns/instances.ts';
import { RecordCache } from '../../core/discovery/mdns/record-cache.ts';
import { encodeDns } from '../../core/dns/encode.ts';
import { dnsMessage, type DnsMessage, type DnsRecord } from '../../core/dns/message.ts';
import { seededRandom } from '../../core/random.ts';
import { bootedHosts } from '../contract/simulated.ts';

const SERVICE = '_rollcall._udp.local';
const SECOND = 1_000_000;
/** A datagram over IPv4 holds no more. */
const DATAGRAM_MAX = 65_507;

/** What somebody says who wants to be heard: names of nodes that are not there, as long as names may be. */
function noise(from: number, count: number): DnsRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const instance = `${String(from + i).padStart(60, 'x')}.${'y'.repeat(63)}.${'z'.repeat(63)}.${SERVICE}`;
    return { name: SERVICE, type: 'PTR', ttl: 0xffff_ffff, target: instance };
  });
}

const peer: readonly DnsRecord[] = [
  { name: SERVICE, type: 'PTR', ttl: 4_500, target: `n1.${SERVICE}` },
  { name: `n1.${SERVICE}`, type: 'SRV', ttl: 120, flush: true, priority: 0, weight: 0, port: 7946, target: 'n1.local' },
  { name: `n1.${SERVICE}`, type: 'TXT', ttl: 4_500, flush: true, texts: ['txtvers=1', 'id=n1', 'cluster='] },
  { name: 'n1.local', type: 'A', ttl: 120, flush: true, address: '10.0.0.1' },
];

test('whoever fills a link with names neither fills our memory, nor keeps us from asking, nor stays for years', () => {
  const { hosts, world } = bootedHosts(['a']);
  const { clock } = hosts['a']!;
  const cache = new RecordCache();
  const sent: DnsMessage[] = [];
  const ports = { clock, random: seededRandom('flood'), send: (message: DnsMessage) => void sent.push(message) };
  const browser = new Browser(SERVICE, cache, ports, () => {});
  browser.start();
  browser.hear(dnsMessage({ response: true, answers: peer }));
  for (let from = 0; from < 20_000; from += 250) {
    browser.hear(dnsMessage({ response: true, answers: noise(from, 250) }));
  }
  expect(cache.all(clock.now())).toHaveLength(4_096);
  expect(instancesIn(cache.all(clock.now()), SERVICE, '').candidates).toEqual([{ id: 'n1', address: '10.0.0.1:7946' }]);

  world.runUntil(119 * SECOND);
  const asked = sent.flatMap(({ questions }) => questions.map(({ name, type }) => `${type} ${name}`));
  expect(asked).toContain(`PTR ${SERVICE}`);
  expect(asked).toContain(`SRV n1.${SERVICE}`);
  expect(asked).toContain('A n1.local');
  world.runUntil(4_501 * SECOND);
  for (const message of sent) expect(encodeDns(message).length).toBeLessThanOrEqual(DATAGRAM_MAX);
  expect(cache.all(clock.now())).toEqual([]);
  browser.hear(dnsMessage({ response: true, answers: peer }));
  expect(instancesIn(cache.all(clock.now()), SERVICE, '').candidates).toHaveLength(1);
  browser.stop();
});
