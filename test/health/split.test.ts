import { expect, test } from 'vitest';
import { statusOf, tallyOf } from '../../core/health/cluster-health.ts';
import { nextPartition, wholeCluster } from '../../core/health/partition.ts';
import { rosterOf } from '../../core/health/roster.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { TestCluster } from '../membership/cluster.ts';

test('both sides of a split know on which side they are, for as long as it lasts', () => {
  const groups = [
    ['a', 'b'],
    ['c', 'd', 'e'],
  ];
  const split: Fault = { id: 'split', at: 20_000_000, kind: 'partition', groups, for: 300_000_000 };
  const cluster = new TestCluster(5, { seconds: 600, faults: [split] });
  const seen = (name: string) => {
    const tally = tallyOf(rosterOf(cluster.node(name)));
    const { state } = nextPartition(wholeCluster(0), tally.alive, tally.alive + tally.suspect + tally.dead, 0);
    return `${statusOf(tally)} ${state}`;
  };
  const views = () => ['a', 'b', 'c', 'd', 'e'].map(seen);
  expect(cluster.until(15) && views()).toEqual(Array.from({ length: 5 }, () => 'healthy connected'));
  const minority = 'critical partitioned';
  const majority = 'degraded connected';
  expect(cluster.until(60) && views()).toEqual([minority, minority, majority, majority, majority]);
  // By now the lists of members have forgotten the other side.
  cluster.until(310);
  expect(cluster.node('a').members()).toHaveLength(2);
  expect(views()).toEqual([minority, minority, majority, majority, majority]);
  expect(cluster.until(590) && views()).toEqual(Array.from({ length: 5 }, () => 'healthy connected'));
});
