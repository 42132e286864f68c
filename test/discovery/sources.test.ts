import { describe, expect, test } from 'vitest';
import { addressesFrom, patient } from './asking.ts';
import { dnsSource } from '../../core/discovery/dns/dns-source.ts';
import { dnsType } from '../../core/discovery/dns/dns-type.ts';
import { staticSource } from '../../core/discovery/static/static-source.ts';
import { systemClock } from '../../transports/clock.ts';
import { ResolveFailed, type DnsAnswer, type DnsService, type Resolver } from '../../core/ports/resolver.ts';

type Table<T> = Readonly<Record<string, Partial<DnsAnswer<T>> | Error>>;

/** Answers from tables; what is not in them does not exist. */
function resolver(hosts: Table<string>, services: Table<DnsService> = {}, texts: Table<string> = {}): Resolver {
  const answer = <T>(entry: Partial<DnsAnswer<T>> | Error | undefined): Promise<DnsAnswer<T>> => {
    if (entry instanceof Error) return Promise.reject(entry);
    const absent = { records: [], lifetimeMs: 30_000, complete: true, absent: 'no-such-name' as const };
    return Promise.resolve(
      entry === undefined ? absent : { records: [], lifetimeMs: 60_000, complete: true, ...entry },
    );
  };
  return {
    addresses: (name) => answer(/^[\d.]+\d$|:/.test(name) ? { records: [name] } : hosts[name.replace(/\.$/, '')]),
    services: (name) => answer(services[name]),
    texts: (name) => answer(texts[name]),
  };
}

const broken = new ResolveFailed('x', 'server-failure', 'x: the server failed (SERVFAIL).');
const srv = (target: string, port: number, addresses: string[] = []): DnsService => ({
  priority: 0,
  weight: 0,
  target,
  port,
  addresses,
});

describe('the static source', () => {
  test('resolves names, every address of each, and keeps the order', async () => {
    const source = staticSource(
      ['two.test:8000', '10.0.0.1', '[fd00::1]:9000'],
      resolver({ 'two.test': { records: ['10.0.0.2', 'fd00::2'], lifetimeMs: 7_000 } }),
    );
    expect(await addressesFrom(source)).toEqual({
      addresses: ['10.0.0.2:8000', '[fd00::2]:8000', '10.0.0.1:7946', '[fd00::1]:9000'],
      lifetimeMs: 7_000,
      complete: true,
      warnings: [],
    });
  });

  test('says what is missing, and that its answer is not complete, when some names fail', async () => {
    const found = await addressesFrom(staticSource(['10.0.0.1', 'x', 'gone.test'], resolver({ x: broken })));
    expect(found).toMatchObject({ addresses: ['10.0.0.1:7946'], complete: false });
    expect(found.warnings).toEqual([broken.message, 'gone.test has no address']);
  });

  test('fails when no name could be asked for: that is not an empty list', async () => {
    await expect(addressesFrom(staticSource(['x'], resolver({ x: broken })))).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
    });
  });

  test('answers "nobody", with the reason, for no seeds and for names that do not exist', async () => {
    expect(await addressesFrom(staticSource([], resolver({})))).toMatchObject({
      addresses: [],
      nobody: 'no seeds configured',
    });
    expect(await addressesFrom(staticSource(['gone.test'], resolver({})))).toMatchObject({
      addresses: [],
      nobody: 'gone.test has no address',
    });
  });
});

describe('the DNS source', () => {
  const source = (service: string, names: Resolver, refreshIntervalMs = 30_000, records: 'auto' | 'txt' = 'auto') =>
    addressesFrom(dnsSource({ service, port: 7946, refreshIntervalMs, records }, names, systemClock(), 'blue'));

  test('takes the addresses of a plain name, with the configured port', async () => {
    const found = await source('peers.test', resolver({ 'peers.test': { records: ['10.0.0.1', 'fd00::1'] } }));
    expect(found.addresses).toEqual(['10.0.0.1:7946', '[fd00::1]:7946']);
  });

  test('takes port and all addresses of all targets of an SRV name; the answer saves questions', async () => {
    const services = {
      '_s._tcp.test': { records: [srv('a.test', 1000, ['10.0.0.1', '10.0.0.2']), srv('b.test', 2000)] },
    };
    const found = await source(
      '_s._tcp.test',
      resolver({ 'b.test': { records: ['10.0.0.3'], lifetimeMs: 9_000 } }, services),
    );
    expect(found.addresses).toEqual(['10.0.0.1:1000', '10.0.0.2:1000', '10.0.0.3:2000']);
    expect(found.lifetimeMs).toBe(9_000);
  });

  test('takes an address in the place of a target as what it is', async () => {
    const services = { '_s._tcp.test': { records: [srv('10.0.0.9', 1000)] } };
    expect((await source('_s._tcp.test', resolver({}, services))).addresses).toEqual(['10.0.0.9:1000']);
  });

  test('uses the configured port only where an SRV record leaves it open', async () => {
    const services = { '_s._tcp.test': { records: [srv('a.test', 0, ['10.0.0.1'])] } };
    expect((await source('_s._tcp.test', resolver({}, services))).addresses).toEqual(['10.0.0.1:7946']);
  });

  test.each([
    [1, 5_000],
    [12_000, 12_000],
    [3_600_000, 30_000],
  ])(
    'believes an answer of %i ms for %i ms: within the floor and the refresh interval',
    async (lifetimeMs, expected) => {
      const found = await source('peers.test', resolver({ 'peers.test': { records: ['10.0.0.1'], lifetimeMs } }));
      expect(found.lifetimeMs).toBe(expected);
    },
  );

  test('answers "nobody" for a name that does not exist', async () => {
    expect(await source('gone.test', resolver({}))).toMatchObject({
      addresses: [],
      nobody: 'NXDOMAIN: gone.test does not exist',
    });
    expect(await source('_gone._tcp.test', resolver({}))).toMatchObject({ addresses: [], lifetimeMs: 30_000 });
  });

  test('marks a short answer as incomplete', async () => {
    const services = { '_s._tcp.test': { records: [srv('a.test', 1, ['10.0.0.1'])], complete: false } };
    const found = await source('_s._tcp.test', resolver({}, services));
    expect(found.complete).toBe(false);
    expect(found.warnings).toEqual(['_s._tcp.test has more records than the answer held']);
  });

  test('fails when the name service does, also for the targets', async () => {
    await expect(source('x', resolver({ x: broken }))).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
    const services = { '_s._tcp.test': { records: [srv('x', 1)] } };
    await expect(source('_s._tcp.test', resolver({ x: broken }, services))).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
    });
  });

  const texts = (...records: string[]) =>
    resolver({ 'n3.test': { records: ['10.0.0.3'], lifetimeMs: 9_000 } }, {}, { 'nodes.test': { records } });

  test('takes nodes, addresses and clusters from texts', async () => {
    const names = texts(
      'node=a addr=10.0.0.1:8000',
      '10.0.0.2',
      'addr=n3.test:7000 node=c cluster=blue',
      'node=d addr=10.0.0.4 cluster=red',
    );
    const { candidates, lifetimeMs, warnings } = await dnsSource(
      { service: 'nodes.test', port: 1, refreshIntervalMs: 30_000, records: 'txt' },
      names,
      systemClock(),
      'blue',
    ).discover(patient);
    expect(candidates).toEqual([
      { address: '10.0.0.1:8000', id: 'a' },
      { address: '10.0.0.2:7946' },
      { address: '10.0.0.3:7000', id: 'c' },
    ]);
    expect([lifetimeMs, warnings]).toEqual([9_000, []]);
  });

  test('passes over texts about something else, and says so', async () => {
    const found = await source('nodes.test', texts('v=spf1 -all', '10.0.0.1:8000', 'addr=???'), 30_000, 'txt');
    expect(found.addresses).toEqual(['10.0.0.1:8000']);
    expect(found.warnings).toEqual(['names no address: "v=spf1 -all"', 'names no address: "addr=???"']);
  });

  test.each([
    ['dns:peers.test', { service: 'peers.test', records: 'auto' }],
    ['dns:peers.test:7000', { service: 'peers.test', records: 'auto', port: 7000 }],
    ['srv:_s._tcp.test', { service: '_s._tcp.test', records: 'auto' }],
    [
      'dns://10.0.0.1:53,10.0.0.2/peers.test',
      { service: 'peers.test', records: 'auto', servers: ['10.0.0.1:53', '10.0.0.2'] },
    ],
    ['txt://nodes.test', { service: 'nodes.test', records: 'txt' }],
    ['srv:plain.test', 'INVALID_SETTING'],
    ['dns:', 'INVALID_SETTING'],
  ])('reads %s', (text, expected) => {
    const [scheme, rest] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
    const parts: readonly (string | undefined)[] = rest.startsWith('//') ? rest.slice(2).split('/') : ['', rest];
    const [hosts = '', path = ''] = parts;
    const url = { text, scheme, user: '', password: '', hosts: hosts === '' ? [] : hosts.split(','), path, query: {} };
    const read = (): unknown => dnsType.urls![scheme]!(url);
    if (expected === 'INVALID_SETTING') expect(read).toThrow('such as');
    else expect(read()).toEqual(expected);
  });
});
