import { describe, expect, test } from 'vitest';
import type { EntryInTruth } from '../../simulator/invariants/discovery-entries.ts';
import { everybodyIsEntered } from '../../simulator/invariants/discovery-entries.ts';
import { nobodyBeginsAlone } from '../../simulator/invariants/discovery-alone.ts';
import { everybodyKnowsTheRest, theLivingStayCandidates } from '../../simulator/invariants/discovery-candidates.ts';
import { servicesAreSpared, sourcesAreSpared } from '../../simulator/invariants/discovery-pace.ts';
import { lan } from '../../core/membership/settings.ts';
import { boundedPackets } from '../../simulator/invariants/bounded-packets.ts';
import { invariantsOf } from '../../simulator/invariants/rule.ts';
import type { NodeEvent } from '../../simulator/node-events.ts';
import type { Invariant } from '../../simulator/invariant.ts';
import { FakeWorld, SECOND } from './fake-world.ts';

/** Hosts a, b and c, and the service s beside them, all booted. */
function worldUnder(...invariants: readonly Invariant[]): FakeWorld {
  const world = new FakeWorld(['a', 'b', 'c', 's'], invariants, { bystanders: ['s'] });
  for (const { name } of world.hosts) world.boot(name);
  return world;
}

function discovers(what: 'alone' | 'removed', about = ''): NodeEvent {
  return { type: 'discovery', what, about };
}

/** What a checker sees of a whole node that has these places to try and has asked so often. */
function knowing(addresses: readonly string[], attempts = 0): { inspect: unknown } {
  const candidates = addresses.map((address) => ({ address }));
  return { inspect: { cluster: { discovery: { chain: { candidates }, stats: new Map([['dns', { attempts }]]) } } } };
}

const [A, B, C] = ['10.0.0.1:7946', '10.0.0.2:7946', '10.0.0.3:7946'];

describe('nobody-begins-alone', () => {
  test('a node that begins alone breaks it, while it holds and where it holds', () => {
    const world = worldUnder(nobodyBeginsAlone({ from: 10 * SECOND, until: 20 * SECOND, hosts: ['a', 'b'] }));
    world.at(9).emit('a', discovers('alone')).at(15).emit('c', discovers('alone'));
    world.emit('b', discovers('alone')).at(20).emit('a', discovers('alone'));
    expect(world.broken).toEqual(['nobody-begins-alone b']);
  });
});

describe('the-living-stay-candidates', () => {
  test('striking off a host that has run all along breaks it, by its name as by its address', () => {
    const world = worldUnder(theLivingStayCandidates());
    for (const name of ['a', 'b']) world.host(name)!.running = knowing([]);
    world.emit('a', discovers('removed', 'b')).emit('b', discovers('removed', C));
    expect(world.broken).toEqual(['the-living-stay-candidates a>b', 'the-living-stay-candidates b>c']);
  });

  test('the dead, those who came back, and places that nobody has may go', () => {
    const world = worldUnder(theLivingStayCandidates()).crash('b').crash('c').boot('c');
    world.host('a')!.running = knowing([]);
    for (const about of ['b', 'c', '10.0.9.9:7946']) world.emit('a', discovers('removed', about));
    expect(world.broken).toEqual([]);
  });

  test('an entry that makes room for another one of the same place is no loss', () => {
    const world = worldUnder(theLivingStayCandidates());
    world.host('a')!.running = knowing([B]);
    expect(world.emit('a', discovers('removed', B)).broken).toEqual([]);
  });
});

describe('everybody-knows-the-rest', () => {
  const known = { a: [B, C], b: [A, C], c: [A, B] };

  function judged(places: Readonly<Record<string, readonly string[]>>): FakeWorld {
    const world = worldUnder(everybodyKnowsTheRest({ from: 10 * SECOND }));
    for (const [name, addresses] of Object.entries(places)) world.host(name)!.running = knowing(addresses);
    return world;
  }

  test('exactly the others satisfy it, services and oneself left out', () => {
    expect(judged(known).at(10).tick().broken).toEqual([]);
  });

  test('one who is missing breaks it, once its time has come', () => {
    const world = judged({ ...known, b: [A] })
      .at(9)
      .tick();
    expect(world.broken).toEqual([]);
    expect(world.at(10).tick().tick().broken).toEqual(['everybody-knows-the-rest b']);
  });

  test('a place where nobody is breaks it', () => {
    expect(judged(known).crash('c').at(10).tick().violations[0]?.detail).toBe(
      `a would still try ${C}, where nobody is at 10 s`,
    );
  });
});

describe('everybody-is-entered', () => {
  function judged(entries: readonly EntryInTruth[]): FakeWorld {
    return worldUnder(everybodyIsEntered(() => entries, { from: 10 * SECOND }))
      .at(10)
      .tick();
  }
  const [a, b, c] = [
    { id: 'a', address: A! },
    { id: 'b', address: B! },
    { id: 'c', address: C! },
  ];

  test('an entry for each satisfies it, and one too many as well', () => {
    expect(judged([a!, b!, c!, { id: 'x', address: '10.0.0.9:7946' }]).broken).toEqual([]);
  });

  test('an entry that is missing breaks it, and one at an old address', () => {
    expect(judged([a!, c!]).violations[0]?.detail).toBe(`b is at ${B}, and entered nowhere, at 10 s`);
    expect(judged([a!, b!, { id: 'c', address: '10.9.0.3:7946' }]).broken).toEqual(['everybody-is-entered c']);
  });
});

describe('sources-are-spared', () => {
  test('too many attempts within a minute break it; as many in two minutes do not', () => {
    const world = worldUnder(sourcesAreSpared(10));
    for (const [at, attempts] of [
      [1, 0],
      [40, 10],
      [61, 10],
      [100, 20],
    ] as const) {
      world.host('a')!.running = knowing([], attempts);
      world.at(at).tick();
    }
    expect(world.broken).toEqual([]);
    world.host('a')!.running = knowing([], 21);
    expect(world.at(101).tick().broken).toEqual(['sources-are-spared a']);
  });

  test('a node that restarts counts anew', () => {
    const world = worldUnder(sourcesAreSpared(10));
    world.host('a')!.running = knowing([], 10);
    world.at(1).tick().crash('a').boot('a');
    world.host('a')!.running = knowing([], 9);
    expect(world.at(2).tick().broken).toEqual([]);
  });
});

describe('services-are-spared', () => {
  test('a service that is flooded breaks it; nodes are no services', () => {
    const world = worldUnder(servicesAreSpared(10)).at(1).tick();
    world.host('s')!.running = { inspect: { asked: 11 } };
    world.host('a')!.running = { inspect: { asked: 11 } };
    expect(world.at(2).tick().broken).toEqual(['services-are-spared s']);
  });
});

describe('rules about membership', () => {
  test('what is said to services, and by them, is not counted', () => {
    const world = worldUnder(...invariantsOf([boundedPackets(lan)]));
    world.at(10).send('a', 40, 1_000, '10.0.0.4:53').send('s', 40, 1_000);
    expect(world.at(11).tick().broken).toEqual([]);
    expect(world.send('a', 40, 1_000, B).at(12).tick().broken).toEqual(['bounded-packets a']);
  });
});
