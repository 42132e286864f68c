import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import type { Resolver } from '../../core/ports/resolver.ts';
import { dnsResolver } from '../../transports/dns/resolver.ts';
import { sourcesAsking } from '../contract/dns-under-test.ts';
import { CONTRACT_ABSENT, CONTRACT_ZONE, dnsContract } from '../contract/dns.contract.ts';
import { describeWithKnot, KnotServer } from './knot-server.ts';

const MANY = 120;

const ZONE = `
$ORIGIN disco.test.
$TTL 60
@           3600 SOA ns admin 1 3600 600 86400 17
@           NS    ns
ns          A     127.0.0.1
_swim._tcp  30    SRV 10 5 7001 node1
_swim._tcp  30    SRV 20 0 7002 Node2
_swim._tcp  30    SRV 30 0 7003 far.elsewhere.test.
_gone._tcp  40    SRV 0 0 0 .
node1       20    A     10.0.0.1
node1       25    AAAA  fd00::1
node2       A     10.0.0.2
alias       12    CNAME other
other       50    CNAME node1
outside     CNAME node.elsewhere.test.
text        45    TXT   "one " "two"
only4       A     10.0.0.4
${Array.from({ length: MANY }, (_, index) => `_many._tcp SRV 0 ${index} ${7_000 + index} many${index}`).join('\n')}
${Array.from({ length: MANY }, (_, index) => `many${index} A 10.1.0.${index}\nmany${index} AAAA fd00::1:${index}`).join('\n')}
`;

describeWithKnot('beside a real name server', () => {
  let knot: KnotServer;
  let resolver: Resolver;

  beforeAll(async () => {
    knot = await KnotServer.start('disco.test', ZONE);
    resolver = dnsResolver({
      servers: [knot.address],
      random: seededRandom('knot'),
      timeoutMs: 2_000,
      hostsFile: '/dev/null',
    });
  });
  afterAll(() => knot?.end());

  test('addresses of both families are found', async () => {
    expect(await resolver.addresses('node1.disco.test')).toEqual({
      records: ['10.0.0.1', 'fd00::1'],
      lifetimeMs: 20_000,
      complete: true,
    });
    expect((await resolver.addresses('ONLY4.disco.test.')).records).toEqual(['10.0.0.4']);
  });

  test('aliases are followed', async () => {
    expect(await resolver.addresses('alias.disco.test')).toEqual({
      records: ['10.0.0.1', 'fd00::1'],
      lifetimeMs: 12_000,
      complete: true,
    });
  });

  test('an alias that leads to a zone of strangers is refused there', async () => {
    await expect(resolver.addresses('outside.disco.test')).rejects.toMatchObject({ problem: 'refused' });
  });

  test('services come in order, with the addresses that the server adds', async () => {
    expect(await resolver.services('_swim._tcp.disco.test')).toEqual({
      records: [
        { priority: 10, weight: 5, port: 7001, target: 'node1.disco.test', addresses: ['10.0.0.1', 'fd00::1'] },
        { priority: 20, weight: 0, port: 7002, target: 'node2.disco.test', addresses: ['10.0.0.2'] },
        { priority: 30, weight: 0, port: 7003, target: 'far.elsewhere.test', addresses: [] },
      ],
      lifetimeMs: 20_000,
      complete: true,
    });
  });

  test(`${MANY} services, too many for a datagram, are all found`, async () => {
    const { records, complete } = await resolver.services('_many._tcp.disco.test');
    expect(complete).toBe(true);
    expect(new Set(records.map(({ port }) => port)).size).toBe(MANY);
    expect(records.every(({ target }) => /^many\d+\.disco\.test$/.test(target))).toBe(true);
  });

  test('a service that is declared not to be there is absent', async () => {
    expect(await resolver.services('_gone._tcp.disco.test')).toEqual({
      records: [],
      lifetimeMs: 40_000,
      complete: true,
      absent: 'no-such-records',
    });
  });

  test('the strings of a text are joined', async () => {
    expect(await resolver.texts('text.disco.test')).toEqual({
      records: ['one two'],
      lifetimeMs: 45_000,
      complete: true,
    });
  });

  test.each([
    ['a name that does not exist', 'nowhere.disco.test', 'no-such-name'],
    ['a name without records of the type', 'text.disco.test', 'no-such-records'],
  ])('%s is absent for as long as the zone says', async (_, name, absent) => {
    const answer = { records: [], lifetimeMs: 17_000, complete: true, absent };
    expect(await resolver.addresses(name)).toEqual(answer);
    expect(await resolver.services(name)).toEqual(answer);
  });

  test('a name of another zone is refused', async () => {
    await expect(resolver.texts('elsewhere.test')).rejects.toMatchObject({ problem: 'refused' });
  });

  test('when the server is gone, it is unreachable', async () => {
    await knot.stop();
    await expect(resolver.texts('text.disco.test')).rejects.toMatchObject({ problem: 'unreachable' });
  });
});

describeWithKnot('Knot DNS', () => {
  const zone = [
    `disco.test. 3600 SOA ns.disco.test. admin.disco.test. 1 3600 600 86400 ${CONTRACT_ABSENT}`,
    'disco.test. 3600 NS ns.disco.test.',
    'ns.disco.test. 3600 A 127.0.0.1',
    ...CONTRACT_ZONE.map(absolute),
  ];

  dnsContract('Knot DNS', async () => {
    const knot = await KnotServer.start('disco.test', `${zone.join('\n')}\n`);
    onTestFinished(() => knot.end());
    return {
      source: sourcesAsking(knot.address),
      brokenName: 'broken.test',
      ...(knot.takesUpdates
        ? {
            add: async (line: string) => knot.update(`add ${absolute(line)}`),
            removeName: async (name: string) => knot.update(`del ${name}.`),
          }
        : {}),
      stop: () => knot.stop(),
      start: () => knot.start(),
      expire: async () => {},
      pause: (ms) => pause(ms),
    };
  });
});

/** Names with the dot that says that they are full. */
function absolute(line: string): string {
  return line.replace(/^\S+/, '$&.').replace(/( SRV .*[^.\s])$/, '$1.');
}
