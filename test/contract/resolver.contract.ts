import { describe, expect, test } from 'vitest';
import { ResolveFailed } from '../../core/ports/resolver.ts';
import type { Resolver } from '../../core/ports/resolver.ts';

/** One record of a zone, in words: `[name, seconds, type, data]`. SRV data is `priority weight port target`. */
export type ZoneRecord = readonly [
  name: string,
  seconds: number,
  type: 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'TXT',
  data: string,
];

/** How the name service as a whole behaves, beside answering. */
export type Mood = 'well' | 'silent' | 'refusing' | 'failing';

/** What is absent may be believed absent for this long. */
export const ABSENT_SECONDS = 7;

const ZONE: readonly ZoneRecord[] = [
  ['node1.disco.test', 60, 'A', '10.0.0.1'],
  ['node1.disco.test', 60, 'AAAA', 'fd00::1'],
  ['node2.disco.test', 20, 'A', '10.0.0.2'],
  ['node2.disco.test', 30, 'A', '10.0.1.2'],
  ['alias.disco.test', 10, 'CNAME', 'other.disco.test'],
  ['other.disco.test', 40, 'CNAME', 'node1.disco.test'],
  ['dangling.disco.test', 40, 'CNAME', 'nowhere.disco.test'],
  ['round.disco.test', 40, 'CNAME', 'about.disco.test'],
  ['about.disco.test', 40, 'CNAME', 'round.disco.test'],
  ['_swim._tcp.disco.test', 50, 'SRV', '20 0 7003 node1.disco.test'],
  ['_swim._tcp.disco.test', 50, 'SRV', '10 0 7001 node2.disco.test'],
  ['_swim._tcp.disco.test', 50, 'SRV', '15 0 7002 Far.Elsewhere.test'],
  ['_gone._tcp.disco.test', 50, 'SRV', '0 0 0 .'],
  ['node1.disco.test', 60, 'TXT', 'one text'],
];

/** What every implementation of the Resolver port does. */
export function resolverContract(
  name: string,
  create: (zone: readonly ZoneRecord[], mood: Mood) => Promise<Resolver>,
): void {
  describe(`${name} keeps the contract of Resolver`, () => {
    test('a name has its addresses of both families, for as long as the least of their lifetimes', async () => {
      const resolver = await create(ZONE, 'well');
      const one = await resolver.addresses('node1.disco.test');
      expect(one).toEqual({ records: ['10.0.0.1', 'fd00::1'], lifetimeMs: 60_000, complete: true });
      const two = await resolver.addresses('node2.disco.test');
      expect(two).toMatchObject({ lifetimeMs: 20_000, complete: true });
      expect(two.records.toSorted()).toEqual(['10.0.0.2', '10.0.1.2']);
    });

    test('case, and a dot at the end, make no difference', async () => {
      const resolver = await create(ZONE, 'well');
      expect((await resolver.addresses('NODE1.Disco.Test.')).records).toEqual(['10.0.0.1', 'fd00::1']);
    });

    test.each(['10.9.8.7', 'fd00::9'])('%s is its own answer, whatever the name service does', async (ip) => {
      const answer = await (await create([], 'silent')).addresses(ip);
      expect(answer).toMatchObject({ records: [ip], complete: true });
      expect(answer.lifetimeMs).toBeGreaterThan(0);
    });

    test('aliases are followed, and the shortest of their lifetimes counts', async () => {
      const resolver = await create(ZONE, 'well');
      const answer = await resolver.addresses('alias.disco.test');
      expect(answer).toEqual({ records: ['10.0.0.1', 'fd00::1'], lifetimeMs: 10_000, complete: true });
    });

    test('aliases that lead round in a circle are a failure', async () => {
      const resolver = await create(ZONE, 'well');
      // A server that asks others on our behalf finds out first, and just fails.
      const problem = expect.stringMatching(/^(malformed|server-failure)$/);
      await expect(resolver.addresses('round.disco.test')).rejects.toMatchObject({ code: 'RESOLVE_FAILED', problem });
    });

    test.each([
      ['a name that does not exist', 'nowhere.disco.test', 'no-such-name'],
      ['an alias of a name that does not exist', 'dangling.disco.test', 'no-such-name'],
      ['a name without records of the type', '_swim._tcp.disco.test', 'no-such-records'],
    ])('%s is absent, for a time', async (_, asked, absent) => {
      const resolver = await create(ZONE, 'well');
      expect(await resolver.addresses(asked)).toEqual({
        records: [],
        lifetimeMs: ABSENT_SECONDS * 1_000,
        complete: true,
        absent,
      });
    });

    test('services come by priority, with lower-case targets', async () => {
      const resolver = await create(ZONE, 'well');
      const answer = await resolver.services('_swim._tcp.disco.test');
      expect(answer.complete).toBe(true);
      expect(answer.records).toMatchObject([
        { priority: 10, weight: 0, port: 7001, target: 'node2.disco.test' },
        { priority: 15, weight: 0, port: 7002, target: 'far.elsewhere.test', addresses: [] },
        { priority: 20, weight: 0, port: 7003, target: 'node1.disco.test' },
      ]);
    });

    test('a service that is declared not to be there is absent', async () => {
      const resolver = await create(ZONE, 'well');
      expect(await resolver.services('_gone._tcp.disco.test')).toEqual({
        records: [],
        lifetimeMs: 50_000,
        complete: true,
        absent: 'no-such-records',
      });
    });

    test('texts are read', async () => {
      const resolver = await create(ZONE, 'well');
      expect((await resolver.texts('node1.disco.test')).records).toEqual(['one text']);
    });

    test.each<[Mood, string]>([
      ['silent', 'timeout'],
      ['refusing', 'refused'],
      ['failing', 'server-failure'],
    ])('a name service that is %s is a failure, which says nothing about the name', async (mood, problem) => {
      const resolver = await create(ZONE, mood);
      const questions = [
        resolver.addresses('node1.disco.test'),
        resolver.services('_swim._tcp.disco.test'),
        resolver.texts('nowhere.disco.test'),
      ];
      for (const { status, reason } of (await Promise.allSettled(questions)) as PromiseRejectedResult[]) {
        expect(status).toBe('rejected');
        expect(reason).toBeInstanceOf(ResolveFailed);
        expect(reason).toMatchObject({ code: 'RESOLVE_FAILED', problem });
        expect(reason.message).toContain(reason.question);
      }
    });
  });
}
