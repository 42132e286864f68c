import { describe, expect, test } from 'vitest';
import { lan } from '../../core/membership/settings.ts';
import { accuracy } from '../../simulator/invariants/accuracy.ts';
import { boundsFor } from '../../simulator/invariants/bounds.ts';
import { completeness } from '../../simulator/invariants/completeness.ts';
import { probeCoverage } from '../../simulator/invariants/probe-coverage.ts';
import { probeOrder } from '../../simulator/invariants/probe-order.ts';
import { suspicionEnds } from '../../simulator/invariants/suspicion-ends.ts';
import { suspicionLasts } from '../../simulator/invariants/suspicion-lasts.ts';
import { theGoneAreForgotten } from '../../simulator/invariants/the-gone-are-forgotten.ts';
import { FakeWorld, SECOND } from './fake-world.ts';

const bounds = (hosts: number) => boundsFor(lan, hosts);
/** lan: 4 s at least and 24 s at most among up to ten members; a turn takes 8 s at worst. */
const LONGEST_SUSPICION = 24;
const LONGEST_TURN = 8;

describe('completeness', () => {
  test('an observer that probed a crashed member and lists it for ever breaks it', () => {
    const world = FakeWorld.formed(3, completeness(bounds));
    world
      .at(10)
      .crash('b')
      .probe('a', 'b')
      .runTo(10 + LONGEST_TURN + LONGEST_SUSPICION + 3);
    expect(world.broken).toEqual(['completeness a>b']);
  });

  test('dead in time, or back in time, does not', () => {
    const world = FakeWorld.formed(4, completeness(bounds));
    world.at(10).crash('b').crash('c').probe('a', 'b').probe('a', 'c');
    world.runTo(20).tell('a', 'b', 'dead').boot('c', 2).runTo(120);
    expect(world.broken).toEqual([]);
  });

  test('a fault on the observer gives it its time again', () => {
    const world = FakeWorld.formed(3, completeness(bounds));
    world.at(10).crash('b').probe('a', 'b').runTo(30);
    world.touched.set('a', 30 * SECOND);
    expect(world.runTo(60).broken).toEqual([]);
    expect(world.runTo(70).broken).toEqual(['completeness a>b']);
  });
});

describe('suspicion-ends', () => {
  test('a suspicion that is never settled breaks it', () => {
    const world = FakeWorld.formed(3, suspicionEnds(bounds));
    world
      .at(10)
      .tell('a', 'b', 'suspect')
      .runTo(10 + LONGEST_SUSPICION + 3);
    expect(world.broken).toEqual(['suspicion-ends a>b']);
  });

  test('one that is refuted, and one that ends in death, do not', () => {
    const world = FakeWorld.formed(3, suspicionEnds(bounds));
    world.at(10).tell('a', 'b', 'suspect').tell('a', 'c', 'suspect').runTo(20);
    world.tell('a', 'b', 'alive', { incarnation: 2 }).tell('a', 'c', 'dead').runTo(100);
    expect(world.broken).toEqual([]);
  });
});

describe('suspicion-lasts', () => {
  const toSuspicion = { cause: 'suspicion', by: 'a' } as const;

  test('death at once breaks it', () => {
    const world = FakeWorld.formed(6, suspicionLasts(bounds));
    world.at(10).tell('a', 'b', 'suspect', { by: 'a' }).at(11).tell('a', 'b', 'dead', toSuspicion);
    expect(world.broken).toEqual(['suspicion-lasts a>b']);
  });

  test('death at the minimum, with one accuser alone, breaks it', () => {
    const world = FakeWorld.formed(6, suspicionLasts(bounds));
    world.at(10).tell('a', 'b', 'suspect', { by: 'c' }).at(14).tell('a', 'b', 'dead', toSuspicion);
    expect(world.broken).toEqual(['suspicion-lasts a>b']);
  });

  test('death at the minimum with two confirmations, and at the maximum with none, do not', () => {
    const world = FakeWorld.formed(6, suspicionLasts(bounds));
    world.at(10).tell('a', 'b', 'suspect', { by: 'c' }).tell('d', 'b', 'suspect', { by: 'd' });
    world.probe('e', 'b').at(11).probe('e', 'c');
    world.at(14).tell('a', 'b', 'dead', toSuspicion);
    world.at(20).tell('a', 'f', 'suspect', { by: 'c' }).at(44).tell('a', 'f', 'dead', toSuspicion);
    expect(world.broken).toEqual([]);
  });

  test('in a cluster too small for confirmations the minimum is all there is', () => {
    const world = FakeWorld.formed(3, suspicionLasts(bounds));
    world.at(10).tell('a', 'b', 'suspect', { by: 'a' }).at(14).tell('a', 'b', 'dead', toSuspicion);
    expect(world.broken).toEqual([]);
  });
});

describe('accuracy', () => {
  const settled = bounds(3).converged / SECOND + 10;

  test('a live member declared dead long after the last fault breaks it', () => {
    const world = FakeWorld.formed(3, accuracy(bounds));
    world.at(settled).tell('a', 'b', 'dead', { by: 'c' });
    expect(world.broken).toEqual(['accuracy a>b']);
  });

  test('a death while faults are in force, soon after, or of a crashed host does not', () => {
    const world = FakeWorld.formed(3, accuracy(bounds));
    world.healedSince = undefined;
    world.at(settled).tell('a', 'b', 'dead').tell('a', 'b', 'alive', { incarnation: 2 });
    world.healedSince = world.time;
    world.at(settled + 5).tell('a', 'b', 'dead');
    world
      .crash('c')
      .at(3 * settled)
      .tell('a', 'c', 'dead');
    expect(world.broken).toEqual([]);
  });
});

describe('probe-coverage', () => {
  test('a listed member that is never probed breaks it', () => {
    const world = FakeWorld.formed(4, probeCoverage(bounds));
    for (let turn = 1; turn <= 20; turn++) world.at(turn).probe('a', turn % 2 === 0 ? 'b' : 'c');
    expect(world.broken).toContain('probe-coverage a>d');
  });

  test('a host that stops probing breaks it', () => {
    const world = FakeWorld.formed(3, probeCoverage(bounds));
    world
      .at(1)
      .probe('a', 'b')
      .probe('b', 'a')
      .probe('c', 'a')
      .runTo(LONGEST_TURN + 3);
    expect(world.broken).toEqual(['probe-coverage a', 'probe-coverage b', 'probe-coverage c']);
  });

  test('the worst two shuffles in a row, 2n-1 turns apart, do not', () => {
    const world = FakeWorld.formed(4, probeCoverage(bounds));
    [...'bcdcdbbcdcdb'].forEach((subject, turn) => world.at(turn + 1).probe('a', subject));
    expect(world.broken).toEqual([]);
  });

  test('insertions push a member back by one turn each', () => {
    const story = (insertions: number) => {
      const world = FakeWorld.formed(5, probeCoverage(bounds));
      world.tell('a', 'e', 'dead');
      for (let i = 0; i < insertions; i++)
        world.tell('a', 'e', 'dead', { incarnation: i + 1 }).tell('a', 'e', 'alive', { incarnation: i + 2 });
      for (let turn = 1; turn <= 9; turn++) world.at(turn).probe('a', 'b');
      return world.probe('a', 'd').broken.filter((line) => line.endsWith('>d'));
    };
    expect(story(0)).toEqual(['probe-coverage a>d']);
    expect(story(3)).toEqual([]);
  });
});

describe('probe-order', () => {
  test('one order, pass after pass, breaks it', () => {
    const world = FakeWorld.formed(6, probeOrder);
    for (let turn = 0; turn < 60; turn++) world.at(turn + 1).probe('a', 'bcdef'[turn % 5] as string);
    expect(new Set(world.broken)).toEqual(new Set(['probe-order a']));
  });

  test('orders that change now and then do not', () => {
    const world = FakeWorld.formed(6, probeOrder);
    for (let turn = 0; turn < 200; turn++) {
      const order = Math.floor(turn / 15) % 2 === 0 ? 'bcdef' : 'fbdec';
      world.at(turn + 1).probe('a', order[turn % 5] as string);
    }
    expect(world.broken).toEqual([]);
  });
});

describe('the-gone-are-forgotten', () => {
  /** lan keeps the dead for 30 s. */
  const pass = (world: FakeWorld, from: number, turns: number) => {
    for (let turn = 0; turn < turns; turn++) world.at(from + turn).probe('a', 'c');
  };

  test('a ghost that stays listed breaks it', () => {
    const world = FakeWorld.formed(3, theGoneAreForgotten(bounds));
    world.at(10).tell('a', 'b', 'dead');
    pass(world, 42, 6);
    expect(world.broken).toContain('the-gone-are-forgotten a>b');
  });

  test('the dead within their time, the forgotten, and those who came back do not', () => {
    const world = FakeWorld.formed(4, theGoneAreForgotten(bounds));
    world.at(10).tell('a', 'b', 'dead').tell('a', 'd', 'left');
    pass(world, 11, 29);
    world.tell('a', 'b', 'forgotten').tell('a', 'd', 'alive', { incarnation: 2 });
    pass(world, 42, 20);
    expect(world.broken).toEqual([]);
  });
});
