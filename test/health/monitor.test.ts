import { describe, expect, test } from 'vitest';
import { HealthMonitor } from '../../core/health/monitor.ts';
import { rosterOf } from '../../core/health/roster.ts';
import { alive, dead, described, LoneNode } from '../membership/lone-node.ts';
import { RecordingLog } from './recording-log.ts';

const LOOK_MS = 10_000;

/** A node without probes or suspicions of its own, and a monitor that watches it. */
function watched(peers: number) {
  const lone = new LoneNode();
  const log = new RecordingLog();
  const monitor = new HealthMonitor(lone.clock, log, lone.node, LOOK_MS);
  const names = Array.from({ length: peers }, (_, i) => `p${i}`);
  lone.hear(names.map((name) => alive(described(name, `10.0.1.${name.slice(1)}:7946`), 1)));
  const killAll = () => lone.hear(names.map((name) => dead(name, 1, 'p9')));
  return { lone, log, monitor, killAll };
}

describe('the health monitor', () => {
  test('is silent while all is well', () => {
    const { lone, log, monitor } = watched(0);
    monitor.start();
    lone.clock.advance(100 * LOOK_MS);
    expect(log.lines).toEqual([]);
  });

  test('says once that the cluster is critical, and again after five minutes', () => {
    const { lone, log, monitor, killAll } = watched(3);
    killAll();
    monitor.start();
    lone.clock.advance(LOOK_MS);
    const critical = 'error Fewer than half of the members are alive.';
    const partitioned = 'warn This node does not reach a majority of the members.';
    expect(log.told).toEqual([critical, partitioned]);
    expect(log.lines[0]).toMatchObject({ operation: 'health', status: 'critical', alive: 1, dead: 3, ratio: 0.25 });

    lone.clock.advance(290_000);
    expect(log.lines).toHaveLength(2);
    lone.clock.advance(LOOK_MS);
    const lasting = 'error This node does not reach a majority of the members.';
    expect(log.told.slice(2)).toEqual([critical, lasting]);
    expect(log.lines[3]).toMatchObject({ partition: 'partitioned', reachable: 1, total: 4, seconds: 300 });
  });

  test('says when a majority is back, and when it has held', () => {
    const { lone, log, monitor, killAll } = watched(1);
    killAll();
    monitor.start();
    lone.clock.advance(LOOK_MS);
    lone.node.forceLeave('p0');
    lone.clock.advance(3 * LOOK_MS);
    expect(log.told).toEqual([
      'warn Fewer than four fifths of the members are alive.',
      'warn This node does not reach a majority of the members.',
      'info The cluster is healthy again.',
      'info This node reaches a majority of the members again.',
      'info The majority has held: this node counts as connected again.',
    ]);
    expect(monitor.partition).toMatchObject({ state: 'connected', detected: 1, healed: 1 });
  });

  test('holds no timer once it is stopped, and one however often it is started', () => {
    const { lone, monitor } = watched(0);
    const before = lone.clock.pending;
    monitor.start();
    monitor.start();
    expect(lone.clock.pending).toBe(before + 1);
    monitor.stop();
    expect(lone.clock.pending).toBe(before);
  });

  test('has nothing to say about a node that does not run', () => {
    const { lone, log, monitor, killAll } = watched(2);
    killAll();
    monitor.start();
    lone.node.stop();
    lone.clock.advance(10 * LOOK_MS);
    expect(log.lines).toEqual([]);
  });
});

describe('the roster', () => {
  test('keeps the dead after the list of members has forgotten them', () => {
    const { lone, killAll } = watched(3);
    killAll();
    lone.clock.advance(120_000);
    expect(lone.node.members()).toHaveLength(1);
    expect(
      rosterOf(lone.node)
        .map(({ name, state }) => `${name} ${state}`)
        .toSorted(),
    ).toEqual(['me alive', 'p0 dead', 'p1 dead', 'p2 dead']);
  });

  test('lets go of the dead whose address somebody else has now', () => {
    const { lone, killAll } = watched(1);
    killAll();
    lone.hear(alive(described('reborn', '10.0.1.0:7946'), 1));
    expect(rosterOf(lone.node).map(({ name }) => name)).toEqual(['me', 'reborn']);
  });
});
