import { describe, expect, test } from 'vitest';
import type { Fault } from '../../simulator/faults/fault.ts';
import { OperatedWorld, seeds } from './operated-world.ts';

const SECOND = 1_000_000;
const YEAR_MS = 365 * 24 * 3_600_000;
const SEED = new OperatedWorld({ a: {} }).world.hosts[0]!.address;

/** b crashes, its wall clock jumps while it is down, and it comes back. */
function jumped(jumpMs: number, keepStore: boolean): OperatedWorld {
  const faults: readonly Fault[] = [
    { id: 'down', kind: 'crash', at: 30 * SECOND, hosts: ['b'] },
    { id: 'jump', kind: 'clock', at: 31 * SECOND, hosts: ['b'], jumpMs, driftPpm: 0 },
    { id: 'up', kind: 'restart', at: 60 * SECOND, hosts: ['b'], keepStore, newAddress: false },
  ];
  return new OperatedWorld({ a: {}, b: { sources: [seeds(SEED)] }, c: { sources: [seeds(SEED)] } }, faults);
}

const HOWS = [
  ['a year back', -YEAR_MS],
  ['thirty years back', -30 * YEAR_MS],
  ['half a year ahead', YEAR_MS / 2],
  ['thirty years ahead', 30 * YEAR_MS],
] as const;

describe.each(HOWS)('a node whose clock jumps %s between two lives', (_how, jumpMs) => {
  test.each([
    ['with its snapshot', true],
    ['without it', false],
  ])('outranks its own past and is alive to all again, %s', async (_with, keepStore) => {
    const world = await jumped(jumpMs, keepStore).until(29);
    const before = world.node('b').membership.incarnation;
    await world.until(59);
    expect(world.view('a')).toMatch(/b:dead/);
    await world.until(80);
    for (const name of ['a', 'b', 'c']) expect(world.view(name)).toBe('a:alive b:alive c:alive');
    const { incarnation } = world.node('b').membership;
    expect(incarnation).toBeGreaterThan(before);
    // The clock does what was asked of it: incarnations begin with its seconds, where those are more.
    expect(incarnation - before > (0.9 * YEAR_MS) / 2_000).toBe(jumpMs > 0);
    expect(world.node('a').membership.member('b')?.incarnation).toBe(incarnation);
    expect(world.node('b').readiness()).toEqual({ ready: true });
  });
});

test.each(HOWS)(
  'a node whose clock jumps %s while it runs is suspected by nobody and refutes as before',
  async (_how, jumpMs) => {
    const faults: readonly Fault[] = [
      { id: 'jump', kind: 'clock', at: 30 * SECOND, hosts: ['b'], jumpMs, driftPpm: 0 },
    ];
    const world = new OperatedWorld({ a: {}, b: { sources: [seeds(SEED)] } }, faults);
    await world.until(31);
    const before = world.node('b').membership.incarnation;
    await world.until(120);
    expect(world.node('a').membership.counters.changes).toMatchObject({ suspect: 0, fail: 0 });
    expect(world.node('b').membership.incarnation).toBe(before);
    expect(world.view('a')).toBe('a:alive b:alive');
  },
);
