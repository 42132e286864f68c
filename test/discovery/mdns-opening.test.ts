import { expect, test } from 'vitest';
import { mdnsSource } from '../../core/discovery/mdns/mdns-source.ts';
import { dnsMessage } from '../../core/dns/message.ts';
import type { MulticastDns } from '../../core/ports/multicast-dns.ts';
import { seededRandom } from '../../core/random.ts';
import { systemClock } from '../../transports/clock.ts';

test('what comes while sockets are still being opened is missed, and harms nobody', async () => {
  const problems: unknown[] = [];
  const multicastDns: MulticastDns = {
    async open(_, { onMessage }) {
      await Promise.resolve();
      try {
        onMessage(dnsMessage({ response: true }), '10.0.0.9:5353');
      } catch (error) {
        problems.push(error);
      }
      return { send() {}, close() {} };
    },
  };
  const ports = { clock: systemClock(), random: seededRandom('opening'), multicastDns };
  const options = { service: '_rollcall._udp', interfaces: [], collectMs: 1, register: true };
  const source = mdnsSource(options, ports, '');
  await source.discover({ deadlineMs: 1_000, signal: new AbortController().signal });
  const gone = { deadlineMs: 1, signal: new AbortController().signal };
  const self = { id: 'a', address: '10.0.0.1:7946', label: '', tags: {}, admin: undefined };
  await expect(source.register!(self, gone)).rejects.toThrow('could not be claimed in time');
  expect(problems).toEqual([]);
});
