import { describe, expect, test } from 'vitest';
import type { Fault } from '../../simulator/faults/fault.ts';
import { incarnationNeverFalls } from '../../simulator/invariants/incarnation-never-falls.ts';
import { legalTransitions } from '../../simulator/invariants/legal-transitions.ts';
import { namedAccuser } from '../../simulator/invariants/named-accuser.ts';
import { namesStay } from '../../simulator/invariants/names-stay.ts';
import { noHearsay } from '../../simulator/invariants/no-hearsay.ts';
import { noInvention } from '../../simulator/invariants/no-invention.ts';
import { noResurrection } from '../../simulator/invariants/no-resurrection.ts';
import { oneDescription } from '../../simulator/invariants/one-description.ts';
import { ownIncarnationRises } from '../../simulator/invariants/own-incarnation-rises.ts';
import { selfBelief } from '../../simulator/invariants/self-belief.ts';
import { FakeWorld } from './fake-world.ts';

const forgets = (host: string): Fault => ({
  id: 'f1',
  kind: 'restart',
  at: 0,
  hosts: [host],
  keepStore: false,
  newAddress: false,
});

describe('incarnation-never-falls', () => {
  test('a view that goes back to a lower incarnation breaks it', () => {
    const world = FakeWorld.formed(3, incarnationNeverFalls);
    world.tell('a', 'b', 'alive', { incarnation: 5 }).tell('a', 'b', 'suspect', { incarnation: 4 });
    expect(world.broken).toEqual(['incarnation-never-falls a>b']);
  });

  test('rising, repeating and starting anew after a restart do not', () => {
    const world = FakeWorld.formed(3, incarnationNeverFalls);
    world
      .tell('a', 'b', 'alive', { incarnation: 5 })
      .tell('a', 'b', 'suspect')
      .tell('a', 'b', 'alive', { incarnation: 6 });
    world.crash('a').boot('a').tell('a', 'b', 'alive', { incarnation: 5 });
    expect(world.broken).toEqual([]);
  });
});

describe('own-incarnation-rises', () => {
  test('a restart at the incarnation of the last life breaks it', () => {
    const world = FakeWorld.formed(2, ownIncarnationRises);
    world.tell('a', 'a', 'alive', { incarnation: 7, cause: 'self' }).crash('a').boot('a', 7);
    expect(world.broken).toEqual(['own-incarnation-rises a']);
  });

  test('a member that lowers its own incarnation breaks it', () => {
    const world = FakeWorld.formed(2, ownIncarnationRises, [forgets('a')]);
    world
      .tell('a', 'a', 'alive', { incarnation: 7, cause: 'self' })
      .tell('a', 'a', 'alive', { incarnation: 6, cause: 'self' });
    expect(world.broken).toEqual(['own-incarnation-rises a']);
  });

  test('a restart above the past, or of a host that lost its memory, does not', () => {
    const world = FakeWorld.formed(2, ownIncarnationRises, [forgets('b')]);
    world.tell('a', 'a', 'alive', { incarnation: 7, cause: 'self' }).crash('a').boot('a', 8);
    world.tell('b', 'b', 'alive', { incarnation: 7, cause: 'self' }).crash('b').boot('b', 3);
    expect(world.broken).toEqual([]);
  });
});

describe('one-description', () => {
  test('two addresses at one incarnation break it', () => {
    const world = FakeWorld.formed(3, oneDescription);
    world.tell('a', 'c', 'alive', { incarnation: 4 });
    world.tell('b', 'c', 'alive', { incarnation: 4, address: '10.9.9.9:7946' });
    expect(world.broken).toEqual(['one-description c']);
  });

  test('two kinds of metadata at one incarnation break it', () => {
    const world = FakeWorld.formed(3, oneDescription);
    world
      .tell('a', 'c', 'alive', { incarnation: 4, meta: 'red' })
      .tell('b', 'c', 'alive', { incarnation: 4, meta: 'blue' });
    expect(world.broken).toEqual(['one-description c']);
  });

  test('a new description with a new incarnation does not', () => {
    const world = FakeWorld.formed(3, oneDescription);
    world
      .tell('a', 'c', 'alive', { incarnation: 4, meta: 'red' })
      .tell('b', 'c', 'alive', { incarnation: 5, meta: 'blue' });
    world.tell('a', 'c', 'suspect', { incarnation: 5 });
    expect(world.broken).toEqual([]);
  });
});

describe('no-resurrection', () => {
  test.each(['dead', 'left'] as const)('a %s member that is alive again at its incarnation breaks it', (gone) => {
    const world = FakeWorld.formed(3, noResurrection);
    world.tell('a', 'b', gone).tell('a', 'b', 'alive');
    expect(world.broken).toEqual(['no-resurrection a>b']);
  });

  test('a forgotten member that stale news brings back breaks it', () => {
    const world = FakeWorld.formed(3, noResurrection);
    world.tell('a', 'b', 'dead').tell('a', 'b', 'forgotten').tell('a', 'b', 'alive');
    expect(world.broken).toEqual(['no-resurrection a>b']);
  });

  test('a return with a higher incarnation does not', () => {
    const world = FakeWorld.formed(3, noResurrection);
    world.tell('a', 'b', 'dead').tell('a', 'b', 'alive', { incarnation: 2 }).tell('a', 'b', 'dead');
    world.tell('a', 'b', 'forgotten').tell('a', 'b', 'alive', { incarnation: 3 });
    expect(world.broken).toEqual([]);
  });
});

describe('legal-transitions', () => {
  test.each([
    ['suspect', 'alive'],
    ['dead', 'suspect'],
    ['left', 'alive'],
    ['left', 'suspect'],
    ['left', 'dead'],
    ['alive', 'forgotten'],
    ['suspect', 'forgotten'],
  ] as const)('%s to %s at one incarnation breaks it', (from, to) => {
    const world = FakeWorld.formed(3, legalTransitions);
    if (from !== 'alive') world.tell('a', 'b', from);
    world.tell('a', 'b', to);
    expect(world.broken).toEqual(['legal-transitions a>b']);
  });

  test('a whole life with its refutations and its end does not', () => {
    const world = FakeWorld.formed(3, legalTransitions);
    world
      .tell('a', 'b', 'suspect')
      .tell('a', 'b', 'alive', { incarnation: 2 })
      .tell('a', 'b', 'alive', { meta: 'tie' });
    world.tell('a', 'b', 'suspect').tell('a', 'b', 'dead').tell('a', 'b', 'left').tell('a', 'b', 'forgotten');
    expect(world.broken).toEqual([]);
  });
});

describe('self-belief', () => {
  test.each(['suspect', 'dead', 'left'] as const)('a running member that holds itself %s breaks it', (state) => {
    const world = FakeWorld.formed(2, selfBelief);
    world.tell('a', 'a', state, { cause: 'self' });
    expect(world.broken).toEqual(['self-belief a']);
  });

  test('a leave and a return do not', () => {
    const world = FakeWorld.formed(2, selfBelief);
    world.emit('a', { type: 'leaving' }).tell('a', 'a', 'left', { cause: 'self' });
    world.tell('a', 'a', 'alive', { incarnation: 2, cause: 'self' });
    expect(world.broken).toEqual([]);
  });

  test('having left once is no licence after the return', () => {
    const world = FakeWorld.formed(2, selfBelief);
    world.emit('a', { type: 'leaving' }).tell('a', 'a', 'left', { cause: 'self' });
    world.tell('a', 'a', 'alive', { incarnation: 2, cause: 'self' }).tell('a', 'a', 'left', { cause: 'self' });
    expect(world.broken).toEqual(['self-belief a']);
  });
});

describe('named-accuser', () => {
  test.each(['suspect', 'dead'] as const)('a %s in the name of nobody breaks it', (state) => {
    const world = FakeWorld.formed(2, namedAccuser);
    world.tell('a', 'b', state, { by: '' });
    expect(world.broken).toEqual(['named-accuser a>b']);
  });

  test('a self-accusation breaks it', () => {
    const world = FakeWorld.formed(2, namedAccuser);
    world.tell('a', 'b', 'suspect', { by: 'b' });
    expect(world.broken).toEqual(['named-accuser a>b']);
  });

  test('an accusation by another, and a leave in the own name, do not', () => {
    const world = FakeWorld.formed(3, namedAccuser);
    world.tell('a', 'b', 'suspect', { by: 'c' }).tell('a', 'b', 'dead', { by: 'a' }).tell('a', 'c', 'left');
    world.tell('a', 'b', 'dead', { by: '', meta: 'a better description of the same' });
    expect(world.broken).toEqual([]);
  });
});

describe('no-invention', () => {
  test('an incarnation that the member never claimed breaks it', () => {
    const world = FakeWorld.formed(2, noInvention);
    world.tell('a', 'b', 'suspect', { incarnation: 2 });
    expect(world.broken).toEqual(['no-invention a>b']);
  });

  test('what an earlier life claimed may still be believed', () => {
    const world = FakeWorld.formed(2, noInvention);
    world.tell('b', 'b', 'alive', { incarnation: 9, cause: 'self' }).crash('b').boot('b', 3);
    world.tell('a', 'b', 'alive', { incarnation: 9 });
    expect(world.broken).toEqual([]);
  });
});

describe('no-hearsay', () => {
  test('a death learned in an exchange of states breaks it', () => {
    const world = FakeWorld.formed(3, noHearsay).tell('a', 'b', 'dead', { cause: 'push-pull', by: 'a' });
    expect(world.broken).toEqual(['no-hearsay a>b']);
  });

  test('a suspicion or a goodbye learned so, and a death by gossip, do not', () => {
    const world = FakeWorld.formed(4, noHearsay).tell('a', 'b', 'suspect', { cause: 'push-pull', by: 'a' });
    world.tell('a', 'c', 'left', { cause: 'push-pull' }).tell('a', 'd', 'dead', { by: 'c' });
    expect(world.broken).toEqual([]);
  });
});

describe('names-stay', () => {
  const elsewhere = { incarnation: 2, address: '10.9.9.9:7946' };

  test('a name that moves while its holder lives breaks it', () => {
    const world = FakeWorld.formed(3, namesStay).tell('a', 'b', 'alive', elsewhere);
    expect(world.broken).toEqual(['names-stay a>b']);
  });

  test('a name that moves when its holder is down, paused or elsewhere does not', () => {
    const world = FakeWorld.formed(4, namesStay).crash('b').tell('a', 'b', 'alive', elsewhere);
    world.host('c')!.paused = true;
    world.tell('a', 'c', 'alive', elsewhere).crash('d');
    world.host('d')!.address = '10.9.9.8:7946';
    world.boot('d', 2).tell('a', 'd', 'alive', { incarnation: 2, address: '10.9.9.8:7946' });
    expect(world.broken).toEqual([]);
  });
});
