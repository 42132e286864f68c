import { describe, expect, test } from 'vitest';
import { experimentNamed } from '../../scenarios/experiments/table.ts';
import { demersStudy } from '../../scenarios/papers/demers.ts';
import { rapidCutStudy } from '../../scenarios/papers/rapid-cut.ts';
import type { PaperRow } from '../../scenarios/papers/result.ts';
import { serfGossipStudy } from '../../scenarios/papers/serf-gossip.ts';
import { studies } from '../../scenarios/papers/studies.ts';
import type { Seeds } from '../../scenarios/experiments/seeds.ts';
import type { Study } from '../../scenarios/papers/study.ts';
import { swimAccuracyStudy } from '../../scenarios/papers/swim-accuracy.ts';
import { swimDetectionStudy } from '../../scenarios/papers/swim-detection.ts';
import { swimInfectionStudy } from '../../scenarios/papers/swim-infection.ts';
import { swimLoadStudy } from '../../scenarios/papers/swim-load.ts';
import { swimPicksStudy } from '../../scenarios/papers/swim-picks.ts';
import { swimSuspicionStudy } from '../../scenarios/papers/swim-suspicion.ts';

/** The rows of a study of so few seeds per cell that a test may wait for it, in this thread. */
function quickly<Argument extends { readonly seeds: Seeds }, Measured>(
  study: Study<Argument, Measured>,
  seeds: number,
  wanted: (argument: Argument) => boolean = () => true,
): PaperRow[] {
  const cells = study.calls('sampled').filter(({ argument }) => argument.seeds.first === 1 && wanted(argument));
  const measurements = cells.map(({ experiment, argument: cell }) => {
    const argument = { ...cell, seeds: { first: 1, count: seeds } };
    return { argument, measured: experiment.measure(argument) };
  });
  // Cells that were not wanted have no samples.
  return study.tables(measurements, 'sampled').flatMap(({ rows }) => rows.filter(({ samples }) => samples > 0));
}

function judged(rows: readonly PaperRow[]): PaperRow[] {
  return rows.filter(({ verdict }) => verdict !== 'shown');
}

function differing(rows: readonly PaperRow[]): string[] {
  return judged(rows)
    .filter(({ verdict }) => verdict === 'differs')
    .map(({ group, label, paper, ours, low, high }) => `${group} ${label}: ${paper}, ours ${ours} (${low} to ${high})`);
}

describe('few seeds of', () => {
  test.each<[string, () => PaperRow[]]>([
    ['the first detection', () => quickly(swimDetectionStudy, 12, ({ size }) => size < 56)],
    ['the message load', () => quickly(swimLoadStudy, 2)],
    ['false detections under loss', () => quickly(swimAccuracyStudy, 1, ({ lossPercent }) => lossPercent > 1)],
    ['the infection latency', () => quickly(swimInfectionStudy, 5, ({ size }) => size < 50)],
    ['the suspicion times', () => quickly(swimSuspicionStudy, 2)],
    ['strong completeness', () => quickly(swimPicksStudy, 3, ({ size }) => size < 28)],
    ["rumour mongering's three tables", () => quickly(demersStudy, 4)],
    ["Rapid's conflicts", () => quickly(rapidCutStudy, 4)],
  ])('%s agree with the paper', (_, rowsOf) => {
    const rows = rowsOf();
    expect(judged(rows).length).toBeGreaterThan(0);
    expect(differing(rows)).toEqual([]);
  });

  test('gossip are at or below the formula of Serf, with and without loss', () => {
    const rows = quickly(serfGossipStudy, 3, ({ size }) => size === 30);
    expect(judged(rows)).toHaveLength(10);
    expect(differing(rows)).toEqual([]);
  });
});

test('every measurement is found by the threads under its name', () => {
  for (const study of studies) {
    for (const { experiment } of study.calls('full')) expect(experimentNamed(experiment.name)).toBe(experiment);
  }
});

test('every row has a name of its own', () => {
  const rows = [...quickly(swimSuspicionStudy, 1), ...quickly(rapidCutStudy, 1)];
  expect(new Set(rows.map(({ group, label, unit }) => `${group}, ${label}, ${unit}`)).size).toBe(rows.length);
});
