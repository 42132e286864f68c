import { describe, expect, test } from 'vitest';
import { collectMetrics } from '../../scenarios/metrics.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { FakeWorld, SECOND } from '../invariants/fake-world.ts';

function measured(story: (world: FakeWorld) => void, faults: readonly Fault[] = []) {
  const metrics = collectMetrics();
  const world = new FakeWorld(['a', 'b', 'c'], [metrics.invariant], { faults });
  for (const host of world.hosts) world.boot(host.name);
  story(world);
  return metrics.read({
    hosts: world.hosts,
    now: () => world.time,
    counters: { events: 9, datagramsDelivered: 5, streamMessages: 2, bytes: 700 },
    struck: {},
    reached: ['suspected'],
  });
}

function form(world: FakeWorld): FakeWorld {
  for (const a of 'abc') for (const b of 'abc') if (a !== b) world.tell(a, b, 'alive');
  return world;
}

describe('metrics of a run', () => {
  test('formation is when the last view is complete', () => {
    const run = measured((world) => {
      world.at(1).tell('a', 'b', 'alive').tell('a', 'c', 'alive').tell('b', 'a', 'alive').tell('b', 'c', 'alive');
      world.at(2).tell('c', 'a', 'alive').at(3).tell('c', 'b', 'alive');
    });
    expect(run.formation).toEqual([3 * SECOND]);
    expect(run).toMatchObject({ hosts: 3, reached: ['suspected'], messages: 7, bytes: 700, events: 9 });
  });

  test('a cluster that never forms has no time of formation, and none of convergence', () => {
    const run = measured((world) => world.at(9).tell('a', 'b', 'alive'));
    expect(run).toMatchObject({ formation: [], convergence: [] });
  });

  test('detection counts from the crash to the first and to the last who hold it dead', () => {
    const run = measured((world) => {
      form(world.at(1)).at(10).crash('c').at(14).tell('a', 'c', 'suspect').at(16).tell('a', 'c', 'dead');
      world.at(19).tell('b', 'c', 'dead');
    });
    expect(run).toMatchObject({ firstDetection: [6 * SECOND], detection: [9 * SECOND], falsePositives: 0 });
    expect(run.convergence).toEqual([9 * SECOND]);
  });

  test('a crash that is over before anybody noticed is no sample', () => {
    const run = measured((world) => form(world.at(1)).at(10).crash('c').at(11).boot('c', 2));
    expect(run).toMatchObject({ firstDetection: [], detection: [] });
  });

  test('an observer that crashes no longer delays detection', () => {
    const run = measured((world) => {
      form(world.at(1)).at(10).crash('c').at(12).tell('a', 'c', 'dead').at(20).crash('b').tick();
    });
    expect(run.detection).toEqual([10 * SECOND]);
  });

  test('live members declared dead count; members cut off, paused, leaving or of an earlier life do not', () => {
    const cut: Fault = { id: 'f1', at: 30 * SECOND, kind: 'partition', groups: [['a'], ['b']], for: 10 * SECOND };
    const run = measured(
      (world) => {
        form(world.at(1)).at(10).tell('a', 'b', 'dead').tell('a', 'b', 'alive', { incarnation: 2 });
        world.at(35).tell('a', 'b', 'dead', { incarnation: 2 }).tell('a', 'b', 'alive', { incarnation: 3 });
        world.host('b')!.paused = true;
        world.at(56).tell('a', 'b', 'dead', { incarnation: 3 }).tell('a', 'b', 'alive', { incarnation: 4 });
        world.host('b')!.paused = false;
        world.at(60).crash('c').boot('c', 2).tell('a', 'c', 'dead', { incarnation: 1 });
        world.at(70).emit('b', { type: 'leaving' }).tell('a', 'b', 'dead');
      },
      [cut],
    );
    expect(run.falsePositives).toBe(1);
  });
});
