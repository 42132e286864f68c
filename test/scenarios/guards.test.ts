import * as cryptoModule from 'node:crypto';
import { createSocket } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import * as timers from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { AmbientNondeterminism } from '../../scenarios/errors.ts';
import { installGuards, turn, underGuard } from '../../scenarios/guards.ts';
import type { Watch } from '../../scenarios/guards.ts';

const newWatch = (): Watch => ({ caught: [], rejected: [] });

const SOURCES: readonly [name: string, instead: string, use: () => unknown][] = [
  ['Date.now', 'clock', () => Date.now()],
  ['new Date', 'clock', () => new Date()],
  ['Date', 'clock', () => Date()],
  ['performance.now', 'clock', () => performance.now()],
  ['process.hrtime', 'clock', () => process.hrtime()],
  ['process.hrtime.bigint', 'clock', () => process.hrtime.bigint()],
  ['process.uptime', 'clock', () => process.uptime()],
  ['Math.random', 'host.random', () => Math.random()],
  ['crypto.randomUUID', 'host.random', () => crypto.randomUUID()],
  ['crypto.getRandomValues', 'host.random', () => crypto.getRandomValues(new Uint8Array(1))],
  ['node:crypto randomUUID', 'host.random', () => cryptoModule.randomUUID()],
  ['node:crypto randomBytes', 'host.random', () => cryptoModule.randomBytes(4)],
  ['setTimeout', 'clock.after', () => setTimeout(() => {}, 0)],
  ['setInterval', 'clock.after', () => setInterval(() => {}, 1000)],
  ['setImmediate', 'clock.after', () => setImmediate(() => {})],
  ['queueMicrotask', 'clock.after', () => queueMicrotask(() => {})],
  ['process.nextTick', 'clock.after', () => process.nextTick(() => {})],
  ['node:timers setTimeout', 'clock.after', () => timers.setTimeout(() => {}, 0)],
  ['node:timers/promises setTimeout', 'clock.after', () => sleep(1)],
  ['fetch', 'transport', () => fetch('http://127.0.0.1:1/')],
  ['node:dgram createSocket', 'transport', () => createSocket('udp4')],
  ['process.exit', 'schedule', () => process.exit(0)],
  ['process.abort', 'schedule', () => process.abort()],
  ['new WeakRef', 'reference', () => new WeakRef({})],
];

describe('while a world runs', () => {
  test.each(SOURCES)('%s is refused, and the error names what to use: %s', async (name, instead, use) => {
    const watch = newWatch();
    await expect(underGuard(() => void use(), watch)).rejects.toThrow(AmbientNondeterminism);
    expect(watch.caught.map(({ source }) => source)).toEqual([name]);
    expect(watch.caught[0]!.message).toContain(instead);
    expect(watch.caught[0]!.stack).toContain('guards.test.ts');
  });

  test('a date with an argument is arithmetic and allowed', async () => {
    const watch = newWatch();
    await underGuard(() => expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z'), watch);
    expect(watch.caught).toEqual([]);
  });

  test('a promise that a program dropped is watched until the turn ends', async () => {
    const watch = newWatch();
    await underGuard(
      () =>
        void Promise.resolve()
          .then(() => Math.random())
          .catch(() => {}),
      watch,
    );
    expect(watch.caught.map(({ source }) => source)).toEqual(['Math.random']);
  });

  test('what a program catches and hides is known all the same', async () => {
    const watch = newWatch();
    await underGuard(() => {
      try {
        Date.now();
      } catch {
        // Hidden.
      }
    }, watch);
    expect(watch.caught).toHaveLength(1);
  });

  test('the rest of the process keeps its clock', async () => {
    const watch = newWatch();
    let resume = () => {};
    const world = underGuard(() => new Promise<void>((resolve) => (resume = resolve)), watch);
    await turn();
    expect(Date.now()).toBeGreaterThan(0);
    expect(new Date()).toBeInstanceOf(Date);
    resume();
    await world;
    expect(watch.caught).toEqual([]);
  });
});

describe('after a world', () => {
  test('every original is back', async () => {
    const before = [Date, Date.now, Math.random, setTimeout, performance.now, process.hrtime, cryptoModule.randomUUID];
    await underGuard(() => {}, newWatch());
    const after = [Date, Date.now, Math.random, setTimeout, performance.now, process.hrtime, cryptoModule.randomUUID];
    expect(after.map((value, index) => value === before[index])).toEqual(after.map(() => true));
    expect(Object.hasOwn(performance, 'now')).toBe(false);
  });

  test('a module that kept a guarded function keeps it harmless outside, and is caught inside', async () => {
    const release = installGuards();
    const { now } = Date;
    release();
    expect(now()).toBeGreaterThan(0);
    const watch = newWatch();
    await expect(underGuard(() => now(), watch)).rejects.toThrow('Date.now');
  });
});
