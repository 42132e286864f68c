import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { sourcesAsking } from '../contract/dns-under-test.ts';
import { CONTRACT_TTL, CONTRACT_ZONE, dnsContract } from '../contract/dns.contract.ts';
import { describeWithDnsmasq, DnsmasqServer } from './dnsmasq-server.ts';

describeWithDnsmasq('dnsmasq', () => {
  dnsContract('dnsmasq', async () => {
    const server = await DnsmasqServer.start('disco.test', CONTRACT_ZONE, CONTRACT_TTL);
    onTestFinished(() => server.stop());
    return {
      source: sourcesAsking(server.address),
      stop: () => server.stop(),
      start: () => server.start(),
      expire: async () => {},
      pause: (ms) => pause(ms),
    };
  });
});
