import { describe, expect, test } from 'vitest';
import type { CellCounts, CellRun } from '../../../scenarios/papers/lifeguard/cell.ts';
import { BLOCK_MS } from '../../../scenarios/papers/lifeguard/grid.ts';
import { lifeguardStudy } from '../../../scenarios/papers/lifeguard/study.ts';
import type { PapersMode, PaperTable } from '../../../scenarios/papers/result.ts';

/** The tables of runs that count what we say. */
function tablesOf(count: (run: CellRun) => CellCounts, mode: PapersMode = 'sampled'): readonly PaperTable[] {
  const runs = lifeguardStudy.calls(mode).map(({ argument }) => ({ argument, measured: count(argument) }));
  return lifeguardStudy.tables(runs, mode);
}

const SWIM: CellCounts = { falsePositives: 100, atHealthy: 10, messages: 1_000, bytes: 100_000 };

describe('what is measured', () => {
  test('a sample plays a third of the grid, in all five configurations', () => {
    expect(lifeguardStudy.calls('sampled')).toHaveLength(144 * 5);
  });

  test('the full mode plays all of it, and what other readings of the paper would give', () => {
    const runs = lifeguardStudy.calls('full').map(({ argument }) => argument);
    expect(runs.filter(({ reading }) => reading === 'formula')).toHaveLength(432 * 5);
    const others = runs.filter(({ reading }) => reading !== 'formula');
    expect(
      Object.fromEntries(
        ['agents', 'busy agents', 'sends queue', 'acquainted'].map((one) => [
          one,
          others.filter(({ reading }) => reading === one).length,
        ]),
      ),
    ).toEqual({
      agents: 144 * 5,
      'busy agents': 144 * 5,
      'sends queue': 144,
      acquainted: 144,
    });
  });

  test('the longest runs come first', () => {
    const slow = lifeguardStudy.calls('sampled').map(({ argument }) => argument.slow);
    expect(slow).toEqual(slow.toSorted((a, b) => b - a));
  });
});

describe('the tables', () => {
  const half = { falsePositives: 50, atHealthy: 5, messages: 500, bytes: 50_000 };
  const tables = tablesOf(({ configuration }) => (configuration === 'SWIM' ? SWIM : half));

  test('show every part in percent of SWIM, beside the paper', () => {
    const [falsePositives, load] = tables;
    expect(falsePositives?.rows.map(({ group, label, paper }) => [group, label, paper])).toEqual([
      ['FP', 'LHA-Probe', 67.72],
      ['FP', 'LHA-Suspicion', 3],
      ['FP', 'Buddy System', 94.08],
      ['FP', 'Lifeguard', 1.53],
      ['FP-', 'LHA-Probe', 32.88],
      ['FP-', 'LHA-Suspicion', 6.71],
      ['FP-', 'Buddy System', 44.57],
      ['FP-', 'Lifeguard', 1.89],
    ]);
    expect([...falsePositives!.rows, ...load!.rows].every(({ ours }) => ours === 50)).toBe(true);
  });

  test('judge bytes where members are agents, which only the full mode plays', () => {
    const full = tablesOf(({ configuration, reading }) => {
      if (configuration === 'SWIM') return SWIM;
      return reading === 'agents' ? { ...half, bytes: 90_000 } : half;
    }, 'full');
    const verdictOn = (id: string) => {
      const row = full
        .find((table) => table.id === id)!
        .rows.find((one) => one.label === 'LHA-Probe' && one.group === 'bytes')!;
      return [row.ours, row.verdict];
    };
    expect(verdictOn('lifeguard-load')).toEqual([50, 'shown']);
    expect(verdictOn('lifeguard-agents')).toEqual([90, 'agrees']);
    expect(tables.map(({ id }) => id)).not.toContain('lifeguard-agents');
  });

  test('show what long blocks do, by their length', () => {
    const byBlock = tablesOf(({ configuration, blockMs }) =>
      configuration === 'SWIM' ? { ...SWIM, falsePositives: blockMs } : { ...SWIM, messages: blockMs * 10 },
    ).find(({ id }) => id === 'lifeguard-by-block')!;
    const of = (group: string) => byBlock.rows.filter((row) => row.group === group).map(({ x, ours }) => [x, ours]);
    expect(of('FP per run of SWIM')).toEqual(BLOCK_MS.map((blockMs) => [blockMs, blockMs]));
    expect(of('formula: messages of LHA-Suspicion')).toEqual(BLOCK_MS.map((blockMs) => [blockMs, blockMs]));
    expect(byBlock.rows.every(({ verdict, paper }) => verdict === 'shown' && paper === null)).toBe(true);
  });

  test('show the absolute figures of SWIM without judging them', () => {
    const rows = tables.find(({ id }) => id === 'lifeguard-testbed')!.rows;
    expect(rows.map(({ ours, verdict }) => [ours, verdict])).toEqual([
      [100, 'shown'],
      [10, 'shown'],
      [1_000, 'shown'],
      [100, 'shown'],
    ]);
  });

  test('agree with what the paper counted, and not with parts that do nothing', () => {
    const paper = tablesOf(({ configuration }) => PAPER[configuration]);
    expect(paper.flatMap(({ rows }) => rows).filter(({ verdict }) => verdict === 'differs')).toEqual([]);
    const idle = tablesOf(() => SWIM);
    const differing = idle[0]!.rows.filter(({ verdict }) => verdict === 'differs').map(({ label }) => label);
    expect(differing).toEqual(expect.arrayContaining(['LHA-Probe', 'LHA-Suspicion', 'Lifeguard']));
  });
});

/** The paper's own tables, per run. */
const PAPER: Readonly<Record<CellRun['configuration'], CellCounts>> = {
  SWIM: { falsePositives: 339_002, atHealthy: 1_326, messages: 435.33, bytes: 149.15 },
  'LHA-Probe': { falsePositives: 229_574, atHealthy: 436, messages: 428.62, bytes: 134.28 },
  'LHA-Suspicion': { falsePositives: 10_174, atHealthy: 89, messages: 484.55, bytes: 158.87 },
  'Buddy System': { falsePositives: 318_935, atHealthy: 591, messages: 435.62, bytes: 147.67 },
  Lifeguard: { falsePositives: 5_193, atHealthy: 25, messages: 481.42, bytes: 146.13 },
};
