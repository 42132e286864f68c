import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mdnsSource, type MdnsSourceOptions } from '../../core/discovery/mdns/mdns-source.ts';
import { Collision, type Found, type Lease, type Self, type Source } from '../../core/discovery/source.ts';
import { SECOND } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Host } from '../../simulator/program.ts';
import { MDNS_EFFECTS, simulatedMulticastDns, type LanSegment } from '../../simulator/services/mdns/segment.ts';
import { playedWorld } from '../contract/played-world.ts';

const OPTIONS: MdnsSourceOptions = { service: '_rollcall._udp', interfaces: [], collectMs: 3_000, register: true };
const NAMES = ['a', 'b', 'c', 'd'] as const;
const LAN: LanSegment = { name: 'lan', hosts: NAMES };
const deep = process.env['DEEP_TESTS'] === '1';
const patient = { deadlineMs: 5_000, signal: new AbortController().signal };

/** Hosts on links, and a source on each. */
async function links(segments: readonly LanSegment[] = [LAN], faults: readonly Fault[] = []) {
  const program = async () => ({ effects: MDNS_EFFECTS });
  const played = await playedWorld(Object.fromEntries(NAMES.map((name) => [name, program])), faults);
  const source = (name: string, label = 'blue', options: Partial<MdnsSourceOptions> = {}): Source => {
    const host: Host = played.host(name);
    const multicastDns = simulatedMulticastDns(host, segments);
    const ports = { clock: host.clock, random: host.random.fork('mdns'), multicastDns };
    return mdnsSource({ ...OPTIONS, ...options }, ports, label);
  };
  const self = (name: string, id = name, label = 'blue'): Self => {
    const address = played.host(name).address.replace(/:\d+$/, ':7946');
    return { id, address, label, tags: {}, admin: undefined };
  };
  const enter = (name: string, label = 'blue'): Promise<Lease> =>
    source(name, label).register!(self(name, name, label), patient);
  return { ...played, source, self, enter };
}

const ids = ({ candidates }: Found): string[] => candidates.map(({ id }) => id ?? '?');

/** All that a watched source says, and how to end it. */
function heardBy(source: Source): Found[] {
  const heard: Found[] = [];
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  source.watch!({ found: (found) => void heard.push(found) }, controller.signal).catch(() => {});
  return heard;
}

const ill = (
  effect: string,
  hosts: string[],
  more: { at?: number; seconds?: number; argument?: unknown } = {},
): Fault => {
  const { at = 0, seconds = 10_000, argument } = more;
  return { id: effect, kind: 'service', hosts, effect, argument, at: at * SECOND, for: seconds * SECOND };
};

describe('on one link', () => {
  test('nodes find all that have announced themselves, with ids and addresses', async () => {
    const { enter, source, self } = await links();
    for (const name of ['a', 'b', 'c']) await enter(name);
    const { candidates, complete } = await source('d').discover(patient);
    expect(candidates).toEqual(['a', 'b', 'c'].map((id) => ({ id, address: self(id).address })));
    expect(complete).toBe(true);
  });

  test('nobody is told as nobody, after everybody had the time to answer', async () => {
    const { source, world } = await links();
    const began = world.now();
    const found = await source('a').discover(patient);
    expect(found.nobody).toContain('_rollcall._udp.local');
    expect(world.now() - began).toBeGreaterThanOrEqual(3 * SECOND);
  });

  test('other clusters, and other services, are passed over', async () => {
    const { enter, source, self } = await links();
    await enter('a', 'red');
    await enter('b');
    await source('c', 'blue', { service: '_other._tcp' }).register!(self('c'), patient);
    expect(ids(await source('d').discover(patient))).toEqual(['b']);
  });

  test('ids that are long, or have dots and spaces, come through', async () => {
    const { source, self } = await links();
    const odd = ['n.1 grün\\x', 'x'.repeat(100)];
    await source('a').register!(self('a', odd[0]), patient);
    await source('b').register!(self('b', odd[1]), patient);
    expect(ids(await source('d').discover(patient)).toSorted()).toEqual(odd.toSorted());
  });

  test('who comes and who says goodbye is told at once', async () => {
    const { enter, source, pause } = await links();
    await enter('a');
    const heard = heardBy(source('d'));
    await pause(3_500);
    const lease = await enter('b');
    await pause(500);
    expect(heard.map(ids)).toEqual([['a'], ['a', 'b']]);
    await lease.release(patient);
    await pause(1_500);
    expect(heard.map(ids)).toEqual([['a'], ['a', 'b'], ['a']]);
  });

  test('who is gone without a goodbye counts until its records have run out', async () => {
    const { enter, source, pause } = await links([LAN], [ill('mdns-mute', ['a'], { at: 10 })]);
    await enter('a');
    const heard = heardBy(source('d'));
    await pause(60_000);
    expect(heard.map(ids)).toEqual([['a']]);
    await pause(80_000);
    expect(heard.map(ids)).toEqual([['a'], []]);
  });

  test('who stays is asked again before its records run out, and stays known', async () => {
    const { enter, source, pause } = await links();
    await enter('a');
    const heard = heardBy(source('d'));
    await pause(250_000);
    expect(heard.map(ids)).toEqual([['a']]);
  });

  test('an id that somebody holds is a collision that says where he is', async () => {
    const { enter, source, self } = await links();
    await enter('a');
    const error = await source('b').register!(self('b', 'a'), patient).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Collision);
    expect(error).toMatchObject({ id: 'a', holder: self('a').address });
  });

  test('of two who claim an id at the same time one gets it', async () => {
    const { source, self } = await links();
    const claims = await Promise.allSettled(['a', 'b'].map((name) => source(name).register!(self(name, 'x'), patient)));
    expect(claims.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('entering again what is ours already is no collision, also at another address', async () => {
    const { source, self } = await links();
    const one = source('a');
    const first = await one.register!(self('a'), patient);
    const again = await one.register!({ ...self('a'), address: self('a').address.replace('7946', '7000') }, patient);
    expect([await first.keep(patient), await again.keep(patient)]).toEqual([false, true]);
  });

  test('two with one id, who did not hear each other, find out when they do', async () => {
    const { source, self, pause } = await links([LAN], [ill('mdns-deaf', ['a', 'b'], { seconds: 10 })]);
    const leases = await Promise.all(['a', 'b'].map((name) => source(name).register!(self(name, 'x'), patient)));
    const kept = async () => (await Promise.all(leases.map((lease) => lease.keep(patient)))).filter(Boolean).length;
    expect(await kept()).toBe(2);
    await pause(10_000);
    // Somebody asks again before what he has heard runs out: both answer, hear each other, and ask anew.
    heardBy(source('d'));
    await pause(130_000);
    expect(await kept()).toBeLessThan(2);
  });

  test('without multicast the failure says so', async () => {
    const { host, source } = await links();
    const { clock, random } = host('a');
    await expect(mdnsSource(OPTIONS, { clock, random }, '').discover(patient)).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
    });
    await expect(source('a', 'blue', { interfaces: ['wifi'] }).discover(patient)).rejects.toThrow('no such link: wifi');
  });
});

test('links do not hear each other, and who is on two hears both', async () => {
  const { enter, source } = await links([
    { name: 'left', hosts: ['a', 'c'] },
    { name: 'right', hosts: ['b', 'c', 'd'] },
  ]);
  await enter('a');
  await enter('b');
  expect(ids(await source('c').discover(patient))).toEqual(['a', 'b']);
  expect(ids(await source('d').discover(patient))).toEqual(['b']);
});

test.each([
  ['half of what comes is lost', [ill('mdns-lossy', ['d'])]],
  ['everything comes twice', [ill('mdns-double', ['a', 'b', 'c', 'd'])]],
  ['the network loses a third', [{ id: 'l', kind: 'link', at: 0, for: 1e12, loss: [1, 3] }]],
] as [string, Fault[]][])('all are found in the end when %s', async (_, faults) => {
  const { enter, source, pause } = await links([LAN], faults);
  for (const name of ['a', 'b', 'c']) await enter(name);
  const heard = heardBy(source('d'));
  await pause(60_000);
  expect(ids(heard.at(-1)!)).toEqual(['a', 'b', 'c']);
});

test('whoever comes, goes, and whatever is lost: what is known is right once things are quiet for the life of a record', async () => {
  const step = fc.record({
    who: fc.constantFrom('a', 'b', 'c'),
    what: fc.constantFrom('enter', 'leave'),
    waitMs: fc.integer({ min: 0, max: 5_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.constantFrom(...MDNS_EFFECTS), async (steps, effect) => {
      const { source, self, pause, end } = await links([LAN], [ill(effect, ['c', 'd'], { seconds: 40 })]);
      const leases = new Map<string, Lease>();
      const sources = new Map(['a', 'b', 'c'].map((name) => [name, source(name)]));
      const heard = heardBy(source('d'));
      for (const { who, what, waitMs } of steps) {
        if (what === 'enter') leases.set(who, await sources.get(who)!.register!(self(who), patient));
        else await leases.get(who)?.release(patient);
        if (what === 'leave') leases.delete(who);
        await pause(waitMs);
      }
      await pause(140_000);
      end();
      expect(ids(heard.at(-1)!)).toEqual([...leases.keys()].toSorted());
    }),
    { numRuns: deep ? 60 : 4 },
  );
}, 120_000);
