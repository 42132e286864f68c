import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterHealth, statusOf, tallyOf } from '../../core/health/cluster-health.ts';
import type { Member, StateName } from '../../core/membership/events.ts';
import { encodeTags } from '../../core/membership/tags.ts';

function member(name: string, state: StateName, tags: Record<string, string> = {}): Member {
  return { name, address: `10.0.0.${name.length}:7946`, meta: encodeTags(tags), state, incarnation: 7 };
}

const members = (...states: StateName[]): Member[] => states.map((state, i) => member(`n${i}`, state));
const status = (...states: StateName[]) => statusOf(tallyOf(members(...states)));

describe('the status of a cluster', () => {
  test.each([
    ['nobody at all', [], 'healthy'],
    ['four of five alive', ['alive', 'alive', 'alive', 'alive', 'dead'], 'healthy'],
    ['three of four alive', ['alive', 'alive', 'alive', 'suspect'], 'degraded'],
    ['one of two alive', ['alive', 'dead'], 'degraded'],
    ['one alive, one suspect, one dead', ['alive', 'suspect', 'dead'], 'critical'],
    ['nobody alive', ['dead'], 'critical'],
    ['one alive among many who left', ['alive', 'left', 'left', 'left'], 'healthy'],
  ] as const)('%s', (_, states, expected) => {
    expect(status(...states)).toBe(expected);
  });

  test('one more death never makes it better', () => {
    const order = { healthy: 0, degraded: 1, critical: 2 };
    const count = fc.nat(1_000);
    fc.assert(
      fc.property(count, count, count, count, (alive, suspect, dead, left) => {
        const before = order[statusOf({ alive: alive + 1, suspect, dead, left })];
        expect(order[statusOf({ alive, suspect, dead: dead + 1, left })]).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});

test('what is served about a cluster', () => {
  const list = [
    member('a', 'alive', { spaces: 'blue, green,', zone: 'x' }),
    member('bb', 'dead'),
    member('ccc', 'left'),
  ];
  const seen: Record<string, number> = { a: 0, bb: 12.5 };
  expect(JSON.parse(JSON.stringify(clusterHealth(list, (name) => seen[name])))).toEqual({
    status: 'degraded',
    total_nodes: 2,
    alive_nodes: 1,
    suspect_nodes: 0,
    dead_nodes: 1,
    left_nodes: 1,
    alive_ratio: 0.5,
    nodes: [
      {
        id: 'a',
        addr: '10.0.0.1:7946',
        state: 'alive',
        last_seen: 0,
        spaces: ['blue', 'green'],
        tags: { spaces: 'blue, green,', zone: 'x' },
        incarnation: 7,
      },
      { id: 'bb', addr: '10.0.0.2:7946', state: 'dead', last_seen: 12.5, spaces: [], tags: {}, incarnation: 7 },
      { id: 'ccc', addr: '10.0.0.3:7946', state: 'left', last_seen: null, spaces: [], tags: {}, incarnation: 7 },
    ],
  });
});
