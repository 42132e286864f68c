import { describe, expect, test } from 'vitest';
import { lan } from '../../core/membership/settings.ts';
import { boundsFor } from '../../simulator/invariants/bounds.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { broadcastsArrive } from '../../simulator/invariants/broadcasts-arrive.ts';
import { convergence, metadataSpreads } from '../../simulator/invariants/convergence.ts';
import { healthBlamesItself } from '../../simulator/invariants/health-blames-itself.ts';
import { goodbyesAreHeard } from '../../simulator/invariants/goodbyes-are-heard.ts';
import { healthFollowsFacts } from '../../simulator/invariants/health-follows-facts.ts';
import { membershipInvariants } from '../../simulator/invariants/index.ts';
import { pointsReached } from '../../simulator/invariants/points.ts';
import { FakeWorld, SECOND } from './fake-world.ts';

const bounds = (hosts: number) => boundsFor(lan, hosts);
const deadline = Math.ceil((bounds(3).converged / SECOND) * 1.01) + 3;

describe('convergence', () => {
  test('a live member missing from one view breaks it, after the deadline and not before', () => {
    const world = FakeWorld.formed(3, convergence(bounds)).tell('a', 'b', 'dead');
    expect(world.runTo(deadline - 5).broken).toEqual([]);
    expect(world.runTo(deadline).broken).toEqual(['convergence a>b']);
  });

  test('a crashed member that one view still lists breaks it', () => {
    const world = FakeWorld.formed(3, convergence(bounds)).at(1).crash('c').tell('a', 'c', 'dead');
    expect(world.runTo(deadline + 1).broken).toEqual(['convergence b>c']);
  });

  test('the deadline starts when the last fault ends', () => {
    const world = FakeWorld.formed(3, convergence(bounds)).tell('a', 'b', 'dead');
    world.healedSince = undefined;
    world.runTo(2 * deadline);
    world.healedSince = world.time;
    expect(world.runTo(3 * deadline - 5).broken).toEqual([]);
    expect(world.runTo(3 * deadline).broken).toEqual(['convergence a>b']);
  });

  test('views that are right in the end do not, whatever happened in between', () => {
    const world = FakeWorld.formed(4, convergence(bounds));
    world
      .at(5)
      .crash('c')
      .tell('a', 'c', 'suspect')
      .tell('b', 'c', 'dead')
      .tell('d', 'c', 'dead')
      .tell('a', 'c', 'dead');
    world.at(9).emit('d', { type: 'leaving' }).tell('a', 'd', 'left').tell('b', 'd', 'left');
    world.at(12).boot('c', 5).tell('c', 'a', 'alive').tell('c', 'b', 'alive');
    world.tell('a', 'c', 'alive', { incarnation: 5 }).tell('b', 'c', 'alive', { incarnation: 5 });
    expect(world.runTo(3 * deadline).broken).toEqual([]);
  });
});

describe('metadata-spreads', () => {
  test('an update that one observer never heard breaks it', () => {
    const world = FakeWorld.formed(3, metadataSpreads(bounds));
    world.tell('a', 'a', 'alive', { incarnation: 2, meta: 'new', cause: 'self' });
    world.tell('b', 'a', 'alive', { incarnation: 2, meta: 'new' });
    expect(world.runTo(deadline).broken).toEqual(['metadata-spreads c>a']);
  });

  test('a restart under another address that all heard of does not', () => {
    const world = FakeWorld.formed(3, metadataSpreads(bounds)).at(3).crash('a');
    const moved = { incarnation: 2, address: '10.1.0.1:7946' };
    world.host('a')!.address = moved.address;
    world.boot('a', 2).tell('b', 'a', 'alive', moved).tell('c', 'a', 'alive', moved);
    world.tell('a', 'b', 'alive').tell('a', 'c', 'alive');
    expect(world.runTo(2 * deadline).broken).toEqual([]);
  });
});

describe('broadcasts-arrive', () => {
  const own = { type: 'broadcast', origin: 'a', id: '1', own: true } as const;
  const heard = { ...own, own: false };

  test('a live member that never heard it breaks it', () => {
    const world = FakeWorld.formed(3, broadcastsArrive(bounds)).at(5).emit('a', own).emit('b', heard);
    expect(world.runTo(2 * deadline).broken).toEqual(['broadcasts-arrive a>c']);
  });

  test('hearing it twice in one life breaks it', () => {
    const world = FakeWorld.formed(3, broadcastsArrive(bounds)).at(5).emit('a', own);
    world.emit('b', heard).emit('b', heard);
    expect(world.broken).toEqual(['broadcasts-arrive a>b']);
  });

  test('late comers, and hosts that come back, are owed nothing and may hear it again', () => {
    const world = FakeWorld.formed(3, broadcastsArrive(bounds)).at(5).emit('a', own).emit('b', heard);
    world.at(6).crash('b').at(8).boot('b', 2).emit('b', heard).crash('c').at(9).boot('c', 2);
    expect(world.runTo(2 * deadline).broken).toEqual([]);
  });

  test('one that a host without memory names as it named another in its last life is judged no more', () => {
    const story = (faults: readonly Fault[]) => {
      const world = FakeWorld.formed(3, broadcastsArrive(bounds), faults).at(5).emit('a', own).emit('b', heard);
      return world
        .at(6)
        .crash('a')
        .boot('a')
        .emit('a', heard)
        .emit('a', own)
        .runTo(2 * deadline).broken;
    };
    const restart = { id: 'f1', kind: 'restart', at: 6 * SECOND, hosts: ['a'], newAddress: false } as const;
    expect(story([{ ...restart, hosts: ['a'], keepStore: false }])).toEqual([]);
    expect(story([{ ...restart, hosts: ['a'], keepStore: true }])).toContain('broadcasts-arrive a>a');
  });

  test('one is not owed to those who were cut off for longer than anybody keeps it', () => {
    const cut = (until: number) => {
      const world = FakeWorld.formed(3, broadcastsArrive(bounds)).at(5).emit('a', own);
      world.healedSince = until * SECOND;
      return world.runTo(until + 2 * deadline).broken;
    };
    expect(cut(40)).toEqual(['broadcasts-arrive a>b', 'broadcasts-arrive a>c']);
    expect(cut(140)).toEqual([]);
  });
});

describe('health-follows-facts', () => {
  test('a score that good probes do not lower breaks it', () => {
    const world = FakeWorld.formed(3, healthFollowsFacts(bounds)).at(5).emit('a', { type: 'health', score: 2 });
    for (let turn = 6; turn < 12; turn++) world.at(turn).probe('a', 'b');
    expect(world.broken).toEqual(['health-follows-facts a']);
  });

  test('a score beyond its scale breaks it', () => {
    const world = FakeWorld.formed(3, healthFollowsFacts(bounds)).emit('a', { type: 'health', score: 8 });
    expect(world.broken).toEqual(['health-follows-facts a']);
  });

  test('a member that refutes an accusation without doubting itself breaks it', () => {
    const world = FakeWorld.formed(3, healthFollowsFacts(bounds));
    world.emit('a', { type: 'refuted', incarnation: 2, accuser: 'b' });
    expect(world.broken).toEqual(['health-follows-facts a']);
  });

  test('doubt that sinks with every good probe, and stays while probes fail, does not', () => {
    const world = FakeWorld.formed(3, healthFollowsFacts(bounds)).at(5).emit('a', { type: 'health', score: 3 });
    for (let score = 2; score >= 0; score--)
      world
        .at(9 - score)
        .probe('a', 'b')
        .emit('a', { type: 'health', score });
    world.at(20).crash('c').emit('b', { type: 'health', score: 3 });
    for (let turn = 21; turn < 30; turn++) world.at(turn).probe('b', 'c');
    expect(world.broken).toEqual([]);
  });
});

describe('goodbyes-are-heard', () => {
  const mourn = (world: FakeWorld, observers: string) => {
    world.at(5).emit('e', { type: 'leaving' });
    for (const observer of observers) world.at(9).tell(observer, 'e', 'dead');
    return world.broken;
  };

  test('a leaver that most declare dead breaks it', () => {
    expect(mourn(FakeWorld.formed(5, goodbyesAreHeard), 'abc')).toEqual(['goodbyes-are-heard e']);
  });

  test('one who missed the goodbye, or a goodbye while faults are in force, does not', () => {
    expect(mourn(FakeWorld.formed(5, goodbyesAreHeard), 'a')).toEqual([]);
    const troubled = FakeWorld.formed(5, goodbyesAreHeard);
    troubled.healedSince = undefined;
    expect(mourn(troubled, 'abcd')).toEqual([]);
  });

  test('nor does the goodbye of one whom somebody did not know, or who did not know everybody', () => {
    expect(mourn(FakeWorld.formed(5, goodbyesAreHeard).tell('d', 'e', 'dead'), 'abc')).toEqual([]);
    expect(mourn(FakeWorld.formed(5, goodbyesAreHeard).tell('e', 'd', 'dead'), 'abc')).toEqual([]);
  });
});

describe('health-blames-itself', () => {
  test('doubt in an untouched host breaks it; doubt in a touched one does not', () => {
    const world = FakeWorld.formed(3, healthBlamesItself);
    world.touched.set('b', 4);
    world.at(5).emit('b', { type: 'health', score: 1 }).emit('a', { type: 'health', score: 1 });
    expect(world.broken).toEqual(['health-blames-itself a']);
  });
});

describe('points-reached', () => {
  test('the turns of a story are marked once each', () => {
    const world = FakeWorld.formed(3, pointsReached);
    world.tell('a', 'b', 'suspect').emit('b', { type: 'refuted', incarnation: 2, accuser: 'a' });
    world.tell('a', 'b', 'alive', { incarnation: 2 }).tell('a', 'b', 'dead').tell('c', 'b', 'dead');
    world.tell('a', 'b', 'alive', { incarnation: 3, meta: 'x' }).tell('a', 'b', 'alive', { incarnation: 4, meta: 'y' });
    expect(world.points).toEqual(['suspected', 'refuted', 'declared-dead', 'rejoined', 'metadata-changed']);
  });
});

describe('the rules together', () => {
  test('have distinct ids and words, and serve one world after another', () => {
    const invariants = membershipInvariants(lan, { nacksArrive: true });
    expect(new Set(invariants.map(({ id }) => id)).size).toBe(invariants.length);
    expect(new Set(invariants.map(({ words }) => words)).size).toBe(invariants.length);
    for (let round = 0; round < 2; round++) {
      const world = new FakeWorld(['a', 'b'], invariants);
      world.boot('a').boot('b').tell('a', 'b', 'alive').tell('b', 'a', 'alive').tell('a', 'b', 'suspect', { by: 'b' });
      expect(world.broken).toEqual(['named-accuser a>b']);
    }
  });

  test('a name that two hosts claim is nobody: no view can be wrong about it', () => {
    const invariants = membershipInvariants(lan).filter(
      ({ id }) => id === 'incarnation-never-falls' || id === 'convergence',
    );
    const world = new FakeWorld(['a', 'b', 'c'], invariants);
    world.boot('a').boot('b').boot('c', 1, 'b');
    world.tell('a', 'b', 'alive').tell('b', 'a', 'alive').tell('c', 'a', 'alive');
    expect(world.runTo(2 * deadline).broken).toEqual([]);
  });
});
