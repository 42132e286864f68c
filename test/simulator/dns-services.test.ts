import { describe, expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import type { Resolver } from '../../core/ports/resolver.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { CacheOptions } from '../../simulator/services/dns/cache.ts';
import type { NameServerOptions } from '../../simulator/services/dns/name-server.ts';
import { dnsServerProgram } from '../../simulator/services/dns/program.ts';
import { DnsZone } from '../../simulator/services/dns/zone.ts';
import { simulatedResolver } from '../../simulator/sim-resolver.ts';
import { playedWorld } from '../contract/played-world.ts';

const SRV = '_swim._tcp.disco.test';
const RECORDS = [
  'n1.disco.test 10 A 10.9.0.1',
  'here.disco.test 10 A @client',
  ...Array.from({ length: 40 }, (_, i) => `${SRV} 10 SRV 0 0 ${7_000 + i} node${i}.disco.test`),
];

interface Options {
  readonly server?: NameServerOptions;
  readonly cache?: Partial<CacheOptions>;
  readonly faults?: readonly Fault[];
}

/** A zone on two servers, a cache before the first of them, and somebody who asks. */
async function scene({ server = {}, cache = {}, faults = [] }: Options = {}) {
  const zones = [new DnsZone({ origin: 'disco.test', primary: 'ns', records: RECORDS, absentSeconds: 6 })];
  const { world, host, pause } = await playedWorld(
    {
      ns: dnsServerProgram({ zones, ...server }),
      copy: dnsServerProgram({ zones, copyEverySeconds: 2 }),
      cache: dnsServerProgram({ cache: { upstream: ['ns'], ...cache } }),
      client: undefined,
    },
    faults,
  );
  const asking = (name: string): Resolver => simulatedResolver(host('client'), [name]);
  return { world, host, pause, asking };
}

const during = (effect: string, argument?: unknown, hosts = ['ns'], at = 0, seconds = 1_000): Fault => {
  return { id: effect, kind: 'service', hosts, effect, argument, at, for: seconds * SECOND };
};
const told = (at: number, command: string, argument: string): Fault => {
  return { id: `${command} ${at}`, kind: 'command', hosts: ['ns'], at: at * SECOND, command, argument };
};

describe('a name server of a world', () => {
  test('knows where its hosts are', async () => {
    const { asking, host } = await scene();
    const { records } = await asking('ns').addresses('here.disco.test');
    expect(records).toEqual([host('client').address.replace(/:\d+$/, '')]);
  });

  test('turns the order of its records', async () => {
    const { asking } = await scene();
    const first = async () => (await asking('ns').services(SRV)).records.map(({ port }) => port).join();
    expect(new Set([await first(), await first(), await first()]).size).toBeGreaterThan(1);
  });

  test('tells all over a stream what is too much for a datagram', async () => {
    const { asking } = await scene();
    expect(await asking('ns').services(SRV)).toMatchObject({ complete: true, records: { length: 40 } });
  });

  test.each([
    ['nothing at all without streams', { faults: [during('dns-no-tcp')] }, 'unreachable'],
    ['some of it without streams', { server: { kept: 5 }, faults: [during('dns-no-tcp')] }, [5, false]],
    ['three of them, as Consul does', { server: { answersMax: 3 } }, [3, true]],
    ['three of them, while it is ill', { faults: [during('dns-cut')] }, [3, true]],
    ['all of it although it is cut short', { faults: [during('dns-truncate')] }, [40, true]],
    ['nothing when a zone is too large', { server: { recordsMax: 39 } }, 'server-failure'],
    ['nothing when it is lame', { faults: [during('dns-lame')] }, 'server-failure'],
    ['that there is nothing', { faults: [during('dns-nodata')] }, [0, true]],
    ['that there is no such name', { faults: [during('dns-nxdomain')] }, [0, true]],
  ] as const)('tells %s', async (_, options, expected) => {
    const { asking, world } = await scene(options);
    const outcome = await asking('ns')
      .services(SRV)
      .then(
        ({ records, complete }) => [records.length, complete],
        ({ problem }: { problem: string }) => problem,
      );
    expect(outcome).toEqual(expected);
    const faults: readonly Fault[] = 'faults' in options ? options.faults : [];
    for (const { id } of faults) expect(world.struckIds).toContain(id);
  });

  test('may say so now and then', async () => {
    const { asking } = await scene({ faults: [during('dns-nxdomain', { chance: [1, 2] })] });
    const answers = [];
    for (let count = 0; count < 20; count++) answers.push((await asking('ns').texts('n1.disco.test')).absent);
    expect(new Set(answers)).toEqual(new Set(['no-such-name', 'no-such-records']));
  });

  test('shows other zones to other askers', async () => {
    const inner = new DnsZone({ origin: 'disco.test', primary: 'ns', records: ['n1.disco.test 10 A 10.8.0.1'] });
    const { host } = await scene({ server: { views: [{ hosts: ['client'], zones: [inner] }] } });
    const by = async (name: string) => (await simulatedResolver(host(name), ['ns']).addresses('n1.disco.test')).records;
    expect([await by('client'), await by('copy')]).toEqual([['10.8.0.1'], ['10.9.0.1']]);
  });

  test('copies what it can reach, and keeps what it has', async () => {
    const { asking, pause } = await scene({
      faults: [
        told(1, 'add', 'new.disco.test 10 A 10.9.0.2'),
        { id: 'cut', kind: 'partition', groups: [['ns'], ['copy']], at: 0, for: 10 * SECOND },
      ],
    });
    const isKnown = async () => (await asking('copy').addresses('new.disco.test')).records.length > 0;
    await pause(8_000);
    expect(await isKnown()).toBe(false);
    expect((await asking('copy').addresses('n1.disco.test')).records).toEqual(['10.9.0.1']);
    await pause(6_000);
    expect(await isKnown()).toBe(true);
  });
});

describe('a cache of a world', () => {
  test('repeats what it knows for as long as that lives, and tells what is left', async () => {
    const { asking, pause } = await scene({
      faults: [told(2, 'remove', 'n1.disco.test'), told(2, 'add', 'n1.disco.test 10 A 10.9.0.9')],
    });
    const ask = () => asking('cache').addresses('n1.disco.test');
    expect(await ask()).toMatchObject({ records: ['10.9.0.1'] });
    await pause(4_000);
    const { records, lifetimeMs } = await ask();
    expect(records).toEqual(['10.9.0.1']);
    expect(lifetimeMs).toBeLessThan(7_000);
    await pause(7_000);
    expect((await ask()).records).toEqual(['10.9.0.9']);
  });

  test('believes in absence for a time, although the name is there by now', async () => {
    const { asking, pause } = await scene({ faults: [told(1, 'add', 'late.disco.test 10 A 10.9.0.3')] });
    const ask = () => asking('cache').addresses('late.disco.test');
    expect((await ask()).absent).toBe('no-such-name');
    await pause(3_000);
    expect((await ask()).absent).toBe('no-such-name');
    await pause(4_000);
    expect((await ask()).records).toEqual(['10.9.0.3']);
  });

  test.each([
    ['fails when nobody upstream answers', {}, 'server-failure'],
    ['repeats what has run out when nobody upstream answers and it may', { staleSeconds: 60 }, ['10.9.0.1']],
    ['still knows what it is told to keep for longer', { secondsMin: 60 }, ['10.9.0.1']],
  ])('%s', async (_, cache, expected) => {
    const { asking, pause } = await scene({ cache, faults: [during('dns-silent', undefined, ['ns'], SECOND)] });
    const ask = () =>
      asking('cache')
        .addresses('n1.disco.test')
        .then(
          ({ records }) => records,
          ({ problem }: { problem: string }) => problem,
        );
    expect(await ask()).toEqual(['10.9.0.1']);
    await pause(12_000);
    expect(await ask()).toEqual(expected);
  });

  test('is cut off from its zone by a partition of the network, but not from those who ask', async () => {
    const partition: Fault = { id: 'p', kind: 'partition', groups: [['ns'], ['cache']], at: SECOND, for: 100 * SECOND };
    const { asking, pause } = await scene({ faults: [partition] });
    const ask = () => asking('cache').addresses('n1.disco.test');
    await ask();
    await pause(12_000);
    await expect(ask()).rejects.toMatchObject({ problem: 'server-failure' });
    expect((await asking('ns').addresses('n1.disco.test')).records).toEqual(['10.9.0.1']);
  });
});
