import { describe, expect, test } from 'vitest';
import type { DnsSourceOptions } from '../../core/discovery/dns/dns-source.ts';
import type { Source } from '../../core/discovery/source.ts';
import { addressesFrom } from '../discovery/asking.ts';

/** A name server with the zone `disco.test`, and a source that asks it. */
export interface DnsUnderTest {
  source(options: Partial<DnsSourceOptions> & { service: string }): Source;
  /** Adds a record while the server runs; absent where it cannot. */
  add?(line: string): Promise<void>;
  removeName?(name: string): Promise<void>;
  /** A zone that the server should have, and cannot read; absent where there is no such thing. */
  readonly brokenName?: string;
  stop(): Promise<void>;
  /** After `stop`, at the same address, with what it had. */
  start(): Promise<void>;
  /** Lets pass what somebody between may still believe. */
  expire(): Promise<void>;
  pause(ms: number): Promise<void>;
}

const MANY = 120;
/** Everything may be believed for this long. */
const TTL = 6;
export const CONTRACT_TTL: number = TTL;
export const CONTRACT_ABSENT = 8;

/** As lines of `recordFrom`; every server gets these in its own words. */
export const CONTRACT_ZONE: readonly string[] = [
  ...['n1', 'n2'].map((name, i) => `${name}.disco.test ${TTL} A 10.0.0.${i + 1}`),
  `n1.disco.test ${TTL} AAAA fd00::1`,
  `_swim._tcp.disco.test ${TTL} SRV 10 0 7001 n1.disco.test`,
  `_swim._tcp.disco.test ${TTL} SRV 20 0 7002 n2.disco.test`,
  `_gone._tcp.disco.test ${TTL} SRV 0 0 0 .`,
  `nodes.disco.test ${TTL} TXT "node=a addr=10.0.0.1:7001"`,
  `nodes.disco.test ${TTL} TXT "node=b addr=n2.disco.test:7002 cluster=blue"`,
  `nodes.disco.test ${TTL} TXT "node=c addr=10.0.0.3:7003 cluster=red"`,
  ...range(MANY).map((i) => `_many._tcp.disco.test ${TTL} SRV 0 0 ${7_000 + i} many${i}.disco.test`),
  ...range(MANY).map((i) => `many${i}.disco.test ${TTL} A 10.1.0.${i + 1}`),
];

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** What the source of type `dns` does beside any name server. */
export function dnsContract(name: string, create: () => Promise<DnsUnderTest>): void {
  describe(`${name} and the source keep the contract of DNS`, () => {
    type Options = Parameters<DnsUnderTest['source']>[0];
    const found = (server: DnsUnderTest, service: string, more: Partial<Options> = {}) =>
      addressesFrom(server.source({ service, ...more }));

    test('services name addresses and ports of both families', async () => {
      const { addresses, complete, lifetimeMs } = await found(await create(), '_swim._tcp.disco.test');
      expect(addresses.toSorted()).toEqual(['10.0.0.1:7001', '10.0.0.2:7002', '[fd00::1]:7001']);
      expect(complete).toBe(true);
      expect(lifetimeMs).toBeGreaterThanOrEqual(5_000);
      expect(lifetimeMs).toBeLessThanOrEqual(TTL * 1_000);
    });

    test('a plain name names addresses', async () => {
      expect((await found(await create(), 'n1.disco.test')).addresses.toSorted()).toEqual([
        '10.0.0.1:7946',
        '[fd00::1]:7946',
      ]);
    });

    test('texts name nodes and addresses, and those of other clusters are passed over', async () => {
      const { candidates } = await (
        await create()
      )
        .source({ service: 'nodes.disco.test', records: 'txt' })
        .discover({ deadlineMs: 5_000, signal: new AbortController().signal });
      expect(candidates.toSorted((a, b) => (a.id! < b.id! ? -1 : 1))).toEqual([
        { address: '10.0.0.1:7001', id: 'a' },
        { address: '10.0.0.2:7002', id: 'b' },
      ]);
    });

    test(`${MANY} services, too many for a datagram, are all found`, async () => {
      const { addresses, complete } = await found(await create(), '_many._tcp.disco.test');
      expect(complete).toBe(true);
      expect(new Set(addresses).size).toBe(MANY);
    });

    test.each([
      ['a name that does not exist', 'nowhere.disco.test', /NXDOMAIN: nowhere\.disco\.test/],
      ['a name without such records', 'nodes.disco.test', /nodes\.disco\.test has no such records/],
      [
        'a service that is decidedly not there',
        '_gone._tcp.disco.test',
        /_gone\._tcp\.disco\.test has no such records/,
      ],
    ])('%s is nobody, for a time', async (_, service, words) => {
      const { addresses, nobody, complete, lifetimeMs } = await found(await create(), service);
      expect(addresses).toEqual([]);
      expect(nobody).toMatch(words);
      expect(complete).toBe(true);
      expect(lifetimeMs).toBeLessThanOrEqual(CONTRACT_ABSENT * 1_000);
    });

    test('a name of strangers is refused, which is not nobody', async () => {
      await expect(found(await create(), 'elsewhere.invalid')).rejects.toMatchObject({
        code: 'SOURCE_FAILED',
        cause: { problem: expect.stringMatching(/^(refused|server-failure)$/) },
      });
    });

    test('a zone that the server cannot read is a failure, not nobody', async ({ skip }) => {
      const server = await create();
      if (server.brokenName === undefined) return skip('this server has no such thing');
      await expect(found(server, server.brokenName)).rejects.toMatchObject({
        code: 'SOURCE_FAILED',
        cause: { problem: 'server-failure' },
      });
    });

    test('records that come and go are seen within their lifetime', async ({ skip }) => {
      const server = await create();
      if (server.add === undefined) return skip('this server takes no updates');
      await server.add(`n3.disco.test ${TTL} A 10.0.0.3`);
      await server.add(`_swim._tcp.disco.test ${TTL} SRV 30 0 7003 n3.disco.test`);
      await seen(server, '_swim._tcp.disco.test', (addresses) => addresses.includes('10.0.0.3:7003'));
      await server.removeName!('n3.disco.test');
      await seen(server, 'n3.disco.test', (addresses) => addresses.length === 0);
    });

    test('a server that is gone is a failure; when it is back, so are all names', async () => {
      const server = await create();
      const before = await found(server, '_swim._tcp.disco.test');
      await server.stop();
      await server.expire();
      await expect(found(server, '_swim._tcp.disco.test')).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
      await server.start();
      const after = await found(server, '_swim._tcp.disco.test');
      expect(after.addresses.toSorted()).toEqual(before.addresses.toSorted());
    });

    async function seen(
      server: DnsUnderTest,
      service: string,
      isSeen: (addresses: readonly string[]) => boolean,
    ): Promise<void> {
      const stepMs = 500;
      for (let waited = 0; waited <= (TTL + 2) * 1_000; waited += stepMs) {
        if (isSeen((await found(server, service)).addresses)) return;
        await server.pause(stepMs);
      }
      throw new Error(`${service} is not as it should be`);
    }
  });
}
