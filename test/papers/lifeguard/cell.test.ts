import { expect, test } from 'vitest';
import {
  type CellCounts,
  type Configuration,
  CONFIGURATIONS,
  playCell,
  type Reading,
} from '../../../scenarios/papers/lifeguard/cell.ts';

/** A quarter of the members are slow, as in the worst of the paper's cells. */
function play(configuration: Configuration, freeMs: number, reading: Reading = 'formula'): CellCounts {
  return playCell({ configuration, reading, members: 32, slow: 8, blockMs: 16_384, freeMs, seed: 1 });
}

function sumOf(cells: readonly CellCounts[], count: keyof CellCounts): number {
  return cells.reduce((sum, cell) => sum + cell[count], 0);
}

const cells = Object.fromEntries(
  Object.keys(CONFIGURATIONS).map((name) => [name, [64, 256].map((freeMs) => play(name as Configuration, freeMs))]),
) as Record<Configuration, CellCounts[]>;
const {
  SWIM: swim,
  'LHA-Probe': probe,
  'LHA-Suspicion': suspicion,
  'Buddy System': buddy,
  Lifeguard: lifeguard,
} = cells;

test('false positives fall from part to part as in the paper', () => {
  const [none, byBuddy, byProbe, bySuspicion, byAll] = [swim, buddy, probe, suspicion, lifeguard].map((of) =>
    sumOf(of, 'falsePositives'),
  ) as [number, number, number, number, number];
  expect(none).toBeGreaterThan(100);
  expect(byBuddy).toBeGreaterThan(none * 0.85);
  expect(byBuddy).toBeLessThan(none * 1.15);
  expect(byProbe).toBeLessThan(byBuddy * 0.85);
  expect(bySuspicion).toBeLessThan(byProbe * 0.2);
  expect(byAll).toBeLessThanOrEqual(bySuspicion);
  expect(byAll).toBeLessThanOrEqual(none * 0.03);
});

test('nearly all of them happen at the slow members, as in the paper', () => {
  expect(sumOf(swim, 'atHealthy')).toBeLessThanOrEqual(0.02 * sumOf(swim, 'falsePositives'));
});

test('where sends of a blocked member queue, its mistakes spread to the healthy: not what the paper saw', () => {
  const queueing = play('SWIM', 64, 'sends queue');
  expect(queueing.atHealthy).toBeGreaterThan(0.5 * queueing.falsePositives);
});

test('a cell is a pure function of what is asked', () => {
  expect(play('Lifeguard', 64)).toEqual(lifeguard[0]);
});

test('as agents, the probes of slow members save fewer bytes than by the formula', () => {
  const bytes = (configuration: Configuration, reading: Reading) =>
    playCell({ configuration, reading, members: 32, slow: 8, blockMs: 2_048, freeMs: 64, seed: 1 }).bytes;
  const shareOf = (reading: Reading) => bytes('LHA-Probe', reading) / bytes('SWIM', reading);
  expect(shareOf('formula')).toBeLessThan(0.75);
  expect(shareOf('agents')).toBeGreaterThan(shareOf('formula') + 0.1);
});

test('members that take time for each message do not get to the refutations while they are free', () => {
  const cell = { configuration: 'SWIM', members: 32, slow: 8, blockMs: 6_144, freeMs: 1, seed: 1 } as const;
  expect(playCell({ ...cell, reading: 'agents' }).falsePositives).toBe(0);
  expect(playCell({ ...cell, reading: 'busy agents' }).falsePositives).toBeGreaterThan(50);
});
