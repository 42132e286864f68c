import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import { edited } from '../../scenarios/edit.ts';
import { playRun } from '../../scenarios/play.ts';
import { inlinePlayer } from '../../scenarios/player.ts';
import type { Player } from '../../scenarios/player.ts';
import { installGuards } from '../../scenarios/guards.ts';
import { isSameFailure } from '../../scenarios/failure-identity.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { shrunkInWords } from '../../scenarios/shrink/in-words.ts';
import { shrink } from '../../scenarios/shrink/shrink.ts';
import type { ShrinkOptions } from '../../scenarios/shrink/shrink.ts';
import { shrinkTargetOf } from '../../scenarios/shrink/target.ts';
import { forgottenCommand, oneMessage, SEVENTH, silentInTheEnd, twoTogether } from './planted.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };
const mode = 'reference';

async function failing(scenario: Scenario, seed: number) {
  const { violation } = await playRun(scenario, seed, { mode, code });
  return { scenario, seed, mode, failure: violation! } as const;
}

async function shrunk(scenario: Scenario, seed: number, options: Partial<ShrinkOptions> = {}) {
  const { target } = await shrinkTargetOf(await failing(scenario, seed), []);
  return { target, ...(await shrink(target, { player: inlinePlayer(() => scenario, code), code, ...options })) };
}

// Once for all runs: putting them in place takes longer than such a run.
let release: () => void;
beforeAll(() => {
  release = installGuards();
});
afterAll(() => release());

let two: ReturnType<typeof shrunk> | undefined;
const shrunkTwo = () => (two ??= shrunk(twoTogether, 1));

/** The first seed with which a scenario fails. */
async function failingSeed(scenario: Scenario): Promise<number> {
  for (let seed = 1; ; seed += 1) {
    const { verdict } = await playRun(scenario, seed, { mode, code });
    if (verdict === 'fail') return seed;
  }
}

describe('a shrunk run', () => {
  test('has the two faults that break a rule together, on three hosts, and ends after it is broken', async () => {
    const { edit, before, after, minimal } = await shrunkTwo();
    expect(edit).toEqual({
      without: ['c', 'd'],
      duration: 10 * SECOND,
      faults: [
        { id: 'down', kind: 'crash', at: 5 * SECOND, hosts: ['a'] },
        { id: 'frozen', kind: 'pause', at: 9 * SECOND, hosts: ['b'], mode: 'freeze', for: 125_000 },
      ],
    });
    expect({ before, after, minimal }).toMatchObject({ before: { faults: 15 }, after: { faults: 2 }, minimal: true });
  });

  test('loses the one message that mattered, and no other', async () => {
    const { edit, minimal } = await shrunk(oneMessage, await failingSeed(oneMessage));
    expect({ edit, minimal }).toEqual({
      minimal: true,
      edit: {
        without: ['c', 'd'],
        duration: expect.any(Number),
        faults: [
          {
            id: expect.stringContaining('rain-'),
            kind: 'link',
            at: SEVENTH,
            for: 1,
            from: ['a'],
            to: ['b'],
            loss: [1, 1],
          },
        ],
      },
    });
  });

  test('fails in the end for the reason for which it failed before: nobody is missing, and nobody is left down', async () => {
    const { edit, after, minimal } = await shrunk(silentInTheEnd, 1);
    expect(edit).toEqual({
      without: ['c', 'd'],
      duration: 30 * SECOND,
      faults: [{ id: 'up', kind: 'restart', at: 8 * SECOND, hosts: ['a'], keepStore: true, newAddress: false }],
    });
    expect({ after, minimal }).toMatchObject({ minimal: true });
  });

  test('keeps what the scenario is made of, though it stands in the schedule', async () => {
    const result = await shrunk(forgottenCommand, 1);
    expect(result.edit.faults.map(({ id }) => id)).toEqual(['open', 'up']);
    expect(result).toMatchObject({ after: { hosts: 4 }, minimal: true, pinned: ['open'] });
    expect(shrunkInWords(result).slice(1)).toEqual([
      'Without any one of the others it passes or fails in another way.',
      'Not taken out, since it could fail for another reason then: open.',
    ]);
  });

  test('has only those of the drawn settings that matter', async () => {
    const drawn: Scenario = {
      ...twoTogether,
      stage: ({ random, settings = { probeIntervalMs: 7, healthMax: 9, streamProbes: false } }) => {
        const stage = twoTogether.stage({ random });
        return { ...stage, settings, invariants: settings.healthMax === 9 ? stage.invariants : [] };
      },
    };
    const result = await shrunk(drawn, 1);
    expect(result.edit.settings).toEqual({ healthMax: 9 });
    expect(shrunkInWords(result)[0]).toBe('15 faults to 2, 5 hosts to 3, 60 s to 10 s, 3 drawn settings to 1');
  });

  test('says what was achieved', async () => {
    expect(shrunkInWords(await shrunkTwo())).toEqual([
      '15 faults to 2, 5 hosts to 3, 60 s to 10 s',
      'Without any one of these faults it passes or fails in another way.',
    ]);
  });

  test('passes or fails otherwise without any one of its faults', async () => {
    const { edit, target } = await shrunkTwo();
    for (const gone of edit.faults) {
      const without = edited(twoTogether, 1, { ...edit, faults: edit.faults.filter((fault) => fault !== gone) });
      expect(isSameFailure(await playRun(without, 1, { mode, code }), target.failure)).toBe(false);
    }
  });

  test('is the same, whatever order its candidates come back in', async () => {
    const { edit } = await shrunk(twoTogether, 1, { player: backwards(inlinePlayer(() => twoTogether, code)) });
    expect(edit).toEqual((await shrunkTwo()).edit);
  });
});

/** As threads may: the last task first, and no heed of any limit. */
function backwards(player: Player): Player {
  return { ...player, limit() {}, play: (tasks, listener) => player.play(tasks.toReversed(), listener) };
}

describe('shrinking', () => {
  test('that is interrupted keeps the smallest so far, and says that it is not minimal', async () => {
    const ending = new AbortController();
    const onProgress = ({ faults }: { faults: number }) => faults < 10 && ending.abort();
    const { edit, minimal, target, ...sizes } = await shrunk(twoTogether, 1, { signal: ending.signal, onProgress });
    expect(minimal).toBe(false);
    expect(edit.faults.length).toBeLessThan(10);
    expect(isSameFailure(await playRun(edited(twoTogether, 1, edit), 1, { mode, code }), target.failure)).toBe(true);
    expect(shrunkInWords({ edit, minimal, ...sizes }).at(-1)).toBe('This is not minimal: the search was ended early.');
  });

  test('passes over hosts without which the scenario cannot even be built', async () => {
    const needsEverybody: Scenario = {
      ...twoTogether,
      stage: (context) => {
        const stage = twoTogether.stage(context);
        const create = ({ hosts }: { hosts: readonly unknown[] }) => {
          if (hosts.length < 4) throw new Error('four are needed');
          return {};
        };
        return { ...stage, invariants: [...stage.invariants, { id: 'crowd', words: 'Four are there.', create }] };
      },
    };
    expect((await shrunk(needsEverybody, 1)).after).toMatchObject({ faults: 2, hosts: 4 });
  });

  test('refuses a run that failed because nothing happened in it', async () => {
    const quiet: Scenario = {
      ...twoTogether,
      mustStrike: ['partition'],
      stage: (c) => ({ ...twoTogether.stage(c), invariants: [] }),
    };
    await expect(shrunk(quiet, 1)).rejects.toThrow('that takes another schedule, not a smaller one');
  });
});
