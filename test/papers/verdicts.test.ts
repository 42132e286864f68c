import { describe, expect, test } from 'vitest';
import { papersCommand, papersExitCode } from '../../cli/commands/papers.ts';
import { papersJson, papersReport } from '../../reports/index.ts';
import { judge, judgeAtMost, show } from '../../scenarios/papers/judge.ts';
import { reproducePapers } from '../../scenarios/papers/reproduce.ts';
import {
  type PaperName,
  type PaperRow,
  type PapersResult,
  verdictOf,
  withEarlier,
} from '../../scenarios/papers/result.ts';
import { exactly, rangeOf } from '../../scenarios/papers/statistics.ts';

const exact = { because: 'exact' };

function resultOf(...rows: PaperRow[]): PapersResult {
  const tables = [{ id: 'swim-load', paper: 'swim' as const, title: 'Load', note: 'What was run.', rows }];
  return { version: '1.2.3', mode: 'sampled', tables, verdict: verdictOf(tables) };
}

describe('a figure', () => {
  test('agrees when its interval holds the number of the paper, or comes within the tolerance', () => {
    expect(judge({ label: 'n = 8' }, 2, rangeOf([1.9, 2.1]), exact).verdict).toBe('agrees');
    expect(judge({ label: 'n = 8' }, 2, rangeOf([2.1, 2.2]), { relative: 0.05, because: 'two digits' })).toMatchObject({
      verdict: 'agrees',
      rule: 'within',
      tolerance: 0.1,
      why: 'two digits',
    });
  });

  test('differs when it is broken', () => {
    expect(judge({ label: 'n = 8' }, 2, rangeOf([2.1, 2.2]), exact).verdict).toBe('differs');
    expect(judge({ label: 'n = 8' }, 2, exactly(1.8), { absolute: 0.1, because: 'one digit' }).verdict).toBe('differs');
  });

  test('keeps a bound only when its whole interval does', () => {
    expect(judgeAtMost({ label: 'n = 8' }, 13, rangeOf([11, 13]), 'a bound').verdict).toBe('agrees');
    expect(judgeAtMost({ label: 'n = 8' }, 13, rangeOf([11, 14]), 'a bound').verdict).toBe('differs');
  });
});

describe('the whole', () => {
  const fine = judge({ group: 'sent', label: 'n = 8', x: 8, unit: 'messages' }, 2, exactly(2, 10), exact);
  const broken = judge({ group: 'sent', label: 'n = 16', x: 16, unit: 'messages' }, 2, exactly(3, 10), exact);
  const shown = show({ group: 'seen', label: 'n = 8' }, null, rangeOf([0.9, 1.1]), 'one trial');

  test('agrees with exit code 0 although some figures are only shown', () => {
    expect(papersExitCode(resultOf(fine, shown))).toBe(0);
  });

  test('differs with exit code 1 when one figure does', () => {
    expect(resultOf(fine, broken).verdict).toBe('differs');
    expect(papersExitCode(resultOf(fine, broken))).toBe(1);
  });

  test('prints both figures, the reason once, and what differs at the end', () => {
    const text = papersReport(resultOf(fine, broken, shown), { width: 80, paint: (_, plain) => plain });
    expect(text).toMatchInlineSnapshot(`
      "Load
      What was run.
               paper           ours allowed samples verdict
      sent (messages)
        n = 8      2              2   exact      10 agrees
        n = 16     2              3   exact      10 differs
      seen
        n = 8      - 1 (0.9 to 1.1)               2 shown
      sent: exact.
      seen: one trial.

      DIFFERS swim-load: sent, n = 16
      Figures: 1 agree, 1 differ, 1 shown without a verdict (sampled)
      differs
      "
    `);
  });

  test('is a file for machines, with the version of its format', () => {
    expect(JSON.parse(papersJson(resultOf(fine)))).toEqual({ format: 1, ...resultOf(fine) });
  });

  test('an interruption ends with 130', async () => {
    const signal = AbortSignal.abort();
    const result = await reproducePapers({ version: '1.2.3', mode: 'sampled', only: ['rapid'], workers: 1, signal });
    expect(papersExitCode(result)).toBe(130);
  });

  test('a paper that there is not is a mistake of whoever typed it', async () => {
    await expect(papersCommand({ only: 'swim,lifegard' })).rejects.toMatchObject({
      code: 'UNKNOWN_PAPER',
      message: 'There is no paper "lifegard". Did you mean "lifeguard"?',
    });
    await expect(papersCommand({ only: 'raft' })).rejects.toMatchObject({ code: 'UNKNOWN_PAPER' });
  });
});

describe('what is kept beside what was measured earlier', () => {
  const of = (papers: readonly PaperName[], note: string, rest: Partial<PapersResult> = {}): PapersResult => ({
    version: '0.1.0',
    mode: 'sampled',
    verdict: 'agrees',
    tables: papers.map((paper) => ({ id: paper, paper, title: paper, note, rows: [] })),
    ...rest,
  });
  const told = ({ tables }: PapersResult) => tables.map(({ paper, note }) => `${paper} ${note}`);

  test('is the new of its papers, and the old of the others', () => {
    const both = withEarlier(of(['serf'], 'new'), of(['swim', 'serf', 'rapid'], 'old'));
    expect(told(both)).toEqual(['swim old', 'serf new', 'rapid old']);
  });

  test('is the new alone when the earlier was measured otherwise', () => {
    const result = of(['serf'], 'new');
    expect(withEarlier(result, undefined)).toEqual(result);
    expect(withEarlier(result, of(['swim'], 'old', { mode: 'full' }))).toEqual(result);
    expect(withEarlier(result, of(['swim'], 'old', { version: '0.0.9' }))).toEqual(result);
  });
});
