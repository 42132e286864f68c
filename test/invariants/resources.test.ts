import { describe, expect, test } from 'vitest';
import { lan, type MembershipSettings } from '../../core/membership/settings.ts';
import { boundedPackets } from '../../simulator/invariants/bounded-packets.ts';
import { boundedQueues } from '../../simulator/invariants/bounded-queues.ts';
import { boundedTimers } from '../../simulator/invariants/bounded-timers.ts';
import { boundsFor } from '../../simulator/invariants/bounds.ts';
import { nothingLeftRunning } from '../../simulator/invariants/nothing-left-running.ts';
import { packetsFit } from '../../simulator/invariants/packets-fit.ts';
import { quietWhenIdle } from '../../simulator/invariants/quiet-when-idle.ts';
import { pushPullBytesPerSecond, scalingBroken, type SteadyLoad } from '../../simulator/invariants/scaling.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { FakeWorld, SECOND } from './fake-world.ts';

const bounds = (hosts: number) => boundsFor(lan, hosts);

describe('packets-fit', () => {
  test('a datagram over the budget breaks it; one that fills it does not', () => {
    const world = FakeWorld.formed(2, packetsFit(bounds)).send('a', 1_400).send('b', 1_401);
    expect(world.broken).toEqual(['packets-fit b']);
  });
});

describe('bounded-timers', () => {
  test('a hoard of timers breaks it; one per member and task does not', () => {
    const world = FakeWorld.formed(3, boundedTimers(lan));
    world.host('a')!.timers = 500;
    world.host('b')!.timers = 12;
    expect(world.tick().broken).toEqual(['bounded-timers a']);
  });

  test('streams that stall may leave as many conversations open as a node serves, until they time out', () => {
    const stall: Fault = { id: 'f', kind: 'stream', hosts: ['a'], effect: 'stall', at: 0, for: 5 * SECOND };
    const world = FakeWorld.formed(3, boundedTimers(lan), [stall]);
    world.host('a')!.timers = 150;
    expect(world.at(14).tick().broken).toEqual([]);
    expect(world.at(16).tick().broken).toEqual(['bounded-timers a']);
  });
});

describe('bounded-queues', () => {
  test('more news than there are members to tell of breaks it; one rumour for each does not', () => {
    const world = FakeWorld.formed(3, boundedQueues(lan));
    world.host('a')!.running = { inspect: { queued: 4 } };
    world.host('b')!.running = { inspect: { queued: 3 } };
    expect(world.tick().broken).toEqual(['bounded-queues a']);
  });

  test('broadcasts that were made may wait as well, and a host that is down has no queue', () => {
    const world = FakeWorld.formed(3, boundedQueues(lan));
    world.emit('a', { type: 'broadcast', origin: 'a', id: 'a/1/1', own: true });
    world.host('a')!.running = { inspect: { queued: 4 } };
    world.host('b')!.running = undefined;
    expect(world.tick().broken).toEqual([]);
  });
});

describe('bounded-packets', () => {
  test('a flood breaks it; the pace of the settings does not', () => {
    const world = FakeWorld.formed(3, boundedPackets(lan));
    for (let second = 1; second <= 5; second++) world.send('a', 100, 200).send('b', 100, 20).at(second).tick();
    expect(new Set(world.broken)).toEqual(new Set(['bounded-packets a']));
  });

  test('queues that a fault dammed up may burst', () => {
    const world = FakeWorld.formed(3, boundedPackets(lan)).at(4).tick();
    world.touched.set('a', world.time);
    world.send('a', 100, 200).at(5).tick();
    expect(world.broken).toEqual([]);
  });
});

describe('quiet-when-idle', () => {
  const idle = (packetsPerProbe: number) => {
    const world = FakeWorld.formed(3, quietWhenIdle(bounds));
    for (let second = 1; second <= 60; second++) {
      for (const [observer, subject] of ['ab', 'bc', 'ca']) {
        world.probe(observer as string, subject as string).send(observer as string, 60, packetsPerProbe);
      }
      world.at(second).tick();
    }
    return world.broken;
  };

  test('gossip that never ends breaks it', () => {
    expect(idle(6)).toContain('quiet-when-idle cluster');
  });

  test('a ping and an ack per turn do not', () => {
    expect(idle(2)).toEqual([]);
  });
});

describe('nothing-left-running', () => {
  test('a timer kept after the end breaks it', () => {
    const world = FakeWorld.formed(2, nothingLeftRunning).emit('a', { type: 'stopped' });
    world.host('a')!.timers = 1;
    // Within the microsecond of the end, the ends of streams are still to be told.
    expect(world.tick().broken).toEqual([]);
    world.time += 1;
    expect(world.tick().broken).toEqual(['nothing-left-running a']);
  });

  test('a packet sent after the end breaks it', () => {
    const world = FakeWorld.formed(2, nothingLeftRunning).emit('a', { type: 'stopped' }).send('a', 30);
    expect(world.broken).toEqual(['nothing-left-running a']);
  });

  test('an orderly end, and a new life after it, do not', () => {
    const world = FakeWorld.formed(2, nothingLeftRunning).send('a', 30).emit('a', { type: 'stopped' }).tick();
    world.crash('a').boot('a', 2).send('a', 30);
    world.host('a')!.timers = 5;
    expect(world.tick().broken).toEqual([]);
  });
});

describe('scaling', () => {
  const steady = (nodes: number): SteadyLoad => {
    const load = {
      nodes,
      seconds: 600,
      datagrams: nodes * 600 * 2,
      pushPullBytes: 0,
      bytesPerState: 80,
      bytesPerExchange: 40,
    };
    return { ...load, pushPullBytes: pushPullBytesPerSecond(lan, load) * load.seconds };
  };

  test('equal load per node, and state by the formula, pass', () => {
    expect(scalingBroken(lan, [50, 200, 800].map(steady))).toEqual([]);
  });

  test('datagrams that grow with the cluster are told', () => {
    const busier = { ...steady(800), datagrams: 800 * 600 * 2.3 };
    expect(scalingBroken(lan, [steady(50), busier])).toEqual([expect.stringContaining('800 nodes: 2.300')]);
  });

  test('push/pull that misses its formula is told', () => {
    const chatty = { ...steady(200), pushPullBytes: steady(200).pushPullBytes * 1.2 };
    expect(scalingBroken(lan, [steady(50), chatty])).toEqual([expect.stringContaining('200 nodes exchanged')]);
  });
});

describe('the bounds', () => {
  test('give more time to drain where packets carry less', () => {
    const drained = (changes: Partial<MembershipSettings>) => boundsFor({ ...lan, ...changes }, 32).drained;
    expect(drained({ updatesPerPacket: 1 })).toBe(11 * drained({}));
    expect(drained({ packetBytes: 700 })).toBeGreaterThan(drained({}));
    expect(drained({ updatesPerPacket: 200, packetBytes: 60_000 })).toBe(drained({}));
  });
});
