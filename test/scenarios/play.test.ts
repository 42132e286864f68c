import { describe, expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import { InvalidScenario } from '../../scenarios/errors.ts';
import { playRun } from '../../scenarios/play.ts';
import type { PlayOptions } from '../../scenarios/play.ts';
import type { Stage } from '../../scenarios/scenario.ts';
import { parseToken } from '../../scenarios/token.ts';
import { type PingHabits, pingScenario } from './ping.ts';

const options: PlayOptions = { mode: 'reference', code: { version: '0.1.0', digest: '77ab01c2' } };
const calm = pingScenario('calm');
const stageWith = (changes: Partial<Stage>) => () => ({ ...calm.stage({ random: undefined as never }), ...changes });

describe('a run', () => {
  test('is the same whenever and however it is played', async () => {
    const first = await playRun(calm, 7, options);
    await playRun(calm, 8, options);
    expect(await playRun(calm, 7, options)).toEqual(first);
    expect((await playRun(calm, 7, { ...options, mode: 'wire' })).hash).toBe(first.hash);
  });

  test('is another one from another seed, under another name, and when one delivery moves by a microsecond', async () => {
    const hashes = await Promise.all([
      playRun(calm, 7, options),
      playRun(calm, 8, options),
      playRun(pingScenario('calmer'), 7, options),
      playRun(calm, 7, { ...options, shiftDelivery: 3 }),
    ]);
    expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(4);
  });

  test('names itself in its token', async () => {
    const { token, hash } = await playRun(calm, 7, options);
    expect(parseToken(token)).toMatchObject({ scenario: 'calm', seed: 7, mode: 'reference', code: '77ab01c2', hash });
  });

  test('that passes has measured something', async () => {
    const { verdict, violation, metrics } = await playRun(calm, 7, options);
    expect({ verdict, violation }).toEqual({ verdict: 'pass', violation: null });
    expect(metrics).toMatchObject({ hosts: 3, simulated: 10 * SECOND, reached: ['three answers'] });
    expect(metrics.messages).toBeGreaterThan(10);
    expect(metrics.struck['link.loss']).toBeGreaterThan(0);
  });
});

describe('a run fails', () => {
  test('when an invariant is broken, in words, with the faults then in force', async () => {
    const strict = pingScenario('strict', {
      stage: stageWith({
        ...pingScenario('x', { limit: 2 }).stage({ random: undefined as never }),
        faults: [
          { id: 'slow', at: SECOND, kind: 'slow', hosts: ['n1'], perMessage: 10, for: 20 * SECOND },
          { id: 'late', at: 9 * SECOND, kind: 'slow', hosts: ['n2'], perMessage: 10, for: SECOND },
        ],
      }),
    });
    const { verdict, violation } = await playRun(strict, 1, options);
    expect(verdict).toBe('fail');
    expect(violation).toMatchObject({
      invariant: 'few-answers',
      phase: 'always',
      words: 'Nobody hears more than 2 answers.',
      detail: expect.stringMatching(/^n\d has heard 3 answers\.$/),
      faults: ['1.000 s: n1 needs 10 us of CPU per message until 21.000 s'],
    });
  });

  test('when a fault that must strike had no effect', async () => {
    const { violation } = await playRun({ ...calm, mustStrike: ['link', 'crash'] }, 1, options);
    expect(violation).toMatchObject({ invariant: 'must-strike', subject: 'crash' });
    expect(violation?.detail).toContain('its schedule has none');
  });

  test('when an expectation is not met', async () => {
    const judge = ({ hosts }: { hosts: number }) => `There were ${hosts} hosts.`;
    const expecting = pingScenario('expecting', {
      stage: stageWith({ expectations: [{ id: 'crowd', words: 'A crowd takes part.', judge }] }),
    });
    expect((await playRun(expecting, 1, options)).violation).toMatchObject({
      invariant: 'expectation-crowd',
      phase: 'end',
      at: 10 * SECOND,
      detail: 'There were 3 hosts.',
    });
  });

  test('when a program throws, and says which and where', async () => {
    const habits = {
      onPing() {
        throw new TypeError('no such thing');
      },
    };
    const { verdict, violation } = await playRun(pingScenario('clumsy', { habits }), 1, options);
    expect(verdict).toBe('fail');
    expect(violation).toMatchObject({ invariant: 'no-exception', subject: expect.stringMatching(/^n\d$/) });
    expect(violation?.detail).toMatch(/TypeError: no such thing \(at .*play\.test\.ts/);
  });

  test('when a program never lets time pass, and says which', async () => {
    const habits: PingHabits = {
      onPing(host) {
        const again = (): void => void host.clock.after(0, again);
        again();
      },
    };
    const { verdict, violation } = await playRun(pingScenario('spinning', { habits }), 1, options);
    expect(verdict).toBe('fail');
    expect(violation).toMatchObject({ invariant: 'no-exception', subject: expect.stringMatching(/^n\d$/) });
    expect(violation?.detail).toMatch(/TimeStandsStill: n\d is still busy/);
  });

  test('when a promise of a program is rejected and nobody handles it', async () => {
    const habits = { onPing: () => void Promise.reject(new Error('dropped')) };
    const thrown: unknown[] = [];
    const elsewhere = process.listeners('unhandledRejection');
    // The test runner would take this rejection for its own.
    process.removeAllListeners('unhandledRejection');
    try {
      thrown.push((await playRun(pingScenario('careless', { habits }), 1, options)).violation?.detail);
    } finally {
      for (const listener of elsewhere) process.on('unhandledRejection', listener);
    }
    expect(thrown).toEqual([expect.stringContaining('dropped')]);
  });

  test('not, but is refused, when its stage cannot be built', async () => {
    const broken = pingScenario('broken', {
      stage: stageWith({ faults: [{ id: 'f', at: 0, kind: 'crash', hosts: ['n9'] }] }),
    });
    await expect(playRun(broken, 3, options)).rejects.toThrow(InvalidScenario);
    await expect(playRun(broken, 3, options)).rejects.toThrow(/"broken": its stage for seed 3 cannot be built: .*n9/);
  });
});

describe('an asynchronous program', () => {
  test('is played, watched, and the same every time', async () => {
    const asynchronous = (name: string, use: () => unknown) => {
      const { hosts, ...stage } = calm.stage({ random: undefined as never });
      const [spec] = hosts;
      const program: NonNullable<typeof spec>['program'] = async (host) => {
        await Promise.resolve();
        use();
        host.emit({ type: 'late' });
        return {};
      };
      return pingScenario(name, { stage: () => ({ ...stage, faults: [], hosts: [{ name: 'n1', program }] }) });
    };
    const quiet = asynchronous('asynchronous', () => {});
    const first = await playRun(quiet, 1, options);
    expect(first.verdict).toBe('pass');
    expect(await playRun(quiet, 1, options)).toEqual(first);
    const curious = await playRun(
      asynchronous('curious', () => Date.now()),
      1,
      options,
    );
    expect(curious.verdict).toBe('nondeterministic');
  });
});
