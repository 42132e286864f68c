import { expect, test } from 'vitest';
import { nextPartition, wholeCluster, type Partition } from '../../core/health/partition.ts';

/** Plays looks at the cluster, one per second, each `reachable/total`. */
function play(...looks: string[]): Partition {
  return looks.reduce((before, look, i) => {
    const [reachable, total] = look.split('/').map(Number);
    return nextPartition(before, reachable!, total!, (i + 1) * 1_000_000);
  }, wholeCluster(0));
}

const times = (count: number, look: string): string[] => Array.from({ length: count }, () => look);

test.each([
  ['a node alone in its cluster', '1/1', 'connected'],
  ['a bare majority', '3/5', 'connected'],
  ['exactly half', '2/4', 'partitioned'],
  ['a minority', '2/5', 'partitioned'],
])('%s is %s: %s', (_, look, expected) => {
  expect(play(look).state).toBe(expected);
});

test('a majority must hold for ten seconds before a partition counts as healed', () => {
  expect(play('1/3', ...times(10, '2/3'))).toMatchObject({
    state: 'healing',
    since: 2_000_000,
    detected: 1,
    healed: 0,
  });
  expect(play('1/3', ...times(11, '2/3'))).toMatchObject({ state: 'connected', detected: 1, healed: 1 });
});

test('a majority lost while healing is another partition with a beginning of its own', () => {
  expect(play('1/3', '2/3', '1/3')).toMatchObject({ state: 'partitioned', since: 3_000_000, detected: 2, healed: 0 });
});

test('a partition that lasts keeps its beginning and tells what is reachable now', () => {
  expect(play('1/5', '2/5')).toMatchObject({
    state: 'partitioned',
    since: 1_000_000,
    reachable: 2,
    total: 5,
    detected: 1,
  });
});
