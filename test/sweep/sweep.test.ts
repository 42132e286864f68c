import { describe, expect, test } from 'vitest';
import { sweepFigures } from '../../reports/sweep/figures.ts';
import { parseSweep, sweepJson } from '../../reports/sweep/json.ts';
import { sweepLine } from '../../reports/sweep/live.ts';
import { loadSweep } from '../../scenarios/sweep/load.ts';
import { measureSweeps, type SweepPlan } from '../../scenarios/sweep/measure.ts';
import { spread, spreadingSweep } from '../../scenarios/sweep/spreading.ts';
import { troubleSweep } from '../../scenarios/sweep/trouble.ts';

const sweeps = { spreading: spreadingSweep, load: loadSweep, trouble: troubleSweep };
const sized = [
  { preset: 'fast', size: 16 },
  { preset: 'fast', size: 8 },
] as const;
const plan: SweepPlan = {
  spreading: { places: sized, seedsAt: ({ size }) => (size === 8 ? 3 : 2) },
  load: { places: sized, seedsAt: () => 1 },
  trouble: {
    places: (['none', 'all'] as const).map((parts) => ({ parts, lossPercent: 0, slow: 0 })),
    seedsAt: () => 1,
  },
};
const code = { version: '1.2.3', digest: '0badcafe' };
const shares: number[] = [];
const results = (await measureSweeps(sweeps, plan, code, { workers: 2, onProgress: (share) => shares.push(share) }))!;

describe('a sweep', () => {
  test('measures every place with its seeds, whichever thread made a run', () => {
    expect(results).toMatchObject({ kind: 'sweep', version: '1.2.3', code: '0badcafe' });
    expect(results.spreading).toEqual([
      { place: sized[0], runs: [1, 2].map((seed) => spread(sized[0], seed)) },
      { place: sized[1], runs: [1, 2, 3].map((seed) => spread(sized[1], seed)) },
    ]);
    expect(results.load.map(({ runs }) => runs.length)).toEqual([1, 1]);
    expect(results.trouble.map(({ place }) => place.parts)).toEqual(['none', 'all']);
  });

  test('tells how far it is, in shares of the work', () => {
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1, 9);
    expect(sweepLine(0.001, 1)).toBe('Sweeping over size, loss and slowness: 0 %');
    expect(sweepLine(0.25, 20)).toBe('Sweeping over size, loss and slowness: 25 %, 60 s left');
    expect(sweepLine(0.1, 60)).toBe('Sweeping over size, loss and slowness: 10 %, 9 min left');
  });

  test('that is given up has no results', async () => {
    const interruption = new AbortController();
    interruption.abort();
    expect(await measureSweeps(sweeps, plan, code, { workers: 1, signal: interruption.signal })).toBeUndefined();
  });
});

describe('the file of a sweep', () => {
  test('is read as it was written', () => {
    expect(parseSweep(sweepJson(results), 'sweeps.json')).toEqual(results);
  });

  test.each([
    ['cut off', sweepJson(results).slice(0, 500), 'it is not JSON, or was cut off'],
    ['of something else', '{"format":1,"runs":[]}', 'it holds no sweep'],
    ['null', 'null', 'it holds no sweep'],
    ['of another format', sweepJson(results).replace('"format":1', '"format":2'), 'its format is 2'],
    ['without a part', sweepJson(results).replace('"load"', '"road"'), 'load is missing'],
  ])('%s is refused in one line that says what to do', (_, text, problem) => {
    const read = () => parseSweep(text, 'sweeps.json');
    expect(read).toThrow(problem);
    expect(read).toThrow('sweeps.json cannot be used');
    expect(read).toThrow('`rollcall report --sweep` makes a new one.');
  });
});

describe('the figures of a sweep', () => {
  const figures = sweepFigures(results);
  const line = (figure: string, part: string) =>
    figures.find(({ id }) => id === figure)!.lines.find(({ name }) => name.includes(part))!;

  test('stand in the order of the page, each with a sentence', () => {
    expect(figures.map(({ id }) => id)).toEqual([
      'spreading-fast',
      'detection-size',
      'messages-size',
      'bytes-size',
      'detection-loss',
      'false-positives-loss',
      'detection-slowness',
      'false-positives-slowness',
      'false-positives-healthy-slowness',
    ]);
    expect(figures[0]!.shows).toContain('The time until 99 % know goes from');
    expect(figures[5]!.shows).toContain('at 0 % loss, 0 with no parts (SWIM) and 0 with all parts (Lifeguard)');
  });

  test('have the middle and the spread of what was measured, from small to large', () => {
    const times = [1, 2, 3].map((seed) => spread(sized[1], seed).knownToAll! / 1_000_000).toSorted((a, b) => a - b);
    const { points, kind } = line('spreading-fast', 'to all');
    expect(kind).toBe('measured');
    expect(points.map(({ x }) => x)).toEqual([8, 16]);
    expect(points[0]).toEqual({ x: 8, y: times[1], low: times[0], high: times[2], seeds: 3 });
  });

  test('name the source of every line of theory', () => {
    const theory = figures.flatMap(({ lines }) => lines.filter(({ kind }) => kind === 'theory'));
    expect(theory.map(({ name }) => name)).toEqual([
      expect.stringContaining('DSN 2002'),
      expect.stringContaining('Serf'),
      expect.stringContaining('SWIM'),
      expect.stringContaining('SWIM'),
    ]);
    expect(line('messages-size', 'two per period').points.map(({ y }) => y)).toEqual([4, 4]);
  });

  test('compare with and without parts at the worst place where both have a figure', () => {
    const run = results.trouble[0]!.runs[0]!;
    const at = (parts: 'none' | 'all', lossPercent: number, detection: number | null) => ({
      place: { parts, lossPercent, slow: 0 },
      runs: [{ ...run, detection }],
    });
    const trouble = [at('none', 40, 9e6), at('all', 40, 8e6), at('none', 50, null), at('all', 50, 30e6)];
    const detection = sweepFigures({ ...results, trouble }).find(({ id }) => id === 'detection-loss')!;
    expect(detection.shows).toContain('at 40 % loss, 9 s with no parts (SWIM) and 8 s with all parts (Lifeguard)');
  });

  test('leave out what half of the seeds never saw', () => {
    const [first, ...others] = results.spreading;
    const never = { ...first!, runs: first!.runs.map((run) => ({ ...run, knownToAll: null })) };
    const [spreading] = sweepFigures({ ...results, spreading: [never, ...others] });
    expect(spreading!.lines.find(({ name }) => name === 'to all members')!.points.map(({ x }) => x)).toEqual([8]);
  });
});
