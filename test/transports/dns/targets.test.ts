import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { addressesFrom } from '../../discovery/asking.ts';
import { dnsSource } from '../../../core/discovery/dns/dns-source.ts';
import { seededRandom } from '../../../core/random.ts';
import { systemClock } from '../../../transports/clock.ts';
import { dnsResolver } from '../../../transports/dns/resolver.ts';
import { fakeServer, record } from './fake-server.ts';

test('targets of services are full names: no search domain, and no wildcard in one, has a say', async () => {
  const server = await fakeServer(({ name, kind }) => {
    if (name === '_swim._tcp.prod.test') return { answers: [record.srv(name, 'n1.prod.test', 7946)] };
    if (kind !== 'A') return {};
    return { answers: [record.a(name, name === 'n1.prod.test' ? '10.0.0.1' : '6.6.6.6')] };
  });
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-dns-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const resolvConf = join(folder, 'resolv.conf');
  const port = server.address.split(':')[1];
  writeFileSync(resolvConf, `nameserver [127.0.0.1]:${port}\nsearch ns.svc.test\noptions ndots:5\n`);

  const resolver = dnsResolver({ random: seededRandom('test'), resolvConf, hostsFile: '/dev/null' });
  const options = { service: '_swim._tcp.prod.test.', port: 1, refreshIntervalMs: 30_000, records: 'auto' } as const;
  const source = dnsSource(options, resolver, systemClock(), '');
  expect((await addressesFrom(source)).addresses).toEqual(['10.0.0.1:7946']);
  expect(server.asked.filter(({ kind }) => kind === 'A').map(({ name }) => name)).toEqual(['n1.prod.test']);
});
