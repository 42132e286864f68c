import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verifyReport } from '../../reports/index.ts';
import { plain } from '../../reports/style.ts';
import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { inlinePlayer } from '../../scenarios/player.ts';
import { playRun } from '../../scenarios/play.ts';
import { workerPool } from '../../scenarios/pool.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { verify } from '../../scenarios/verify.ts';
import type { VerifyPlan } from '../../scenarios/verify.ts';
import { calm } from './fixtures/own.ts';
import { clock, counted, dice, order } from './fixtures/planted.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };
const plan = (...scenarios: Scenario[]) => ({
  scenarios,
  files: [file('own'), file('planted')],
  seeds: 1,
  firstSeed: 1,
  code,
});
const inline = (...scenarios: Scenario[]) =>
  inlinePlayer((name) => scenarios.find((scenario) => scenario.name === name)!, code);
const file = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));

describe('a host program that is not deterministic', () => {
  test.each([
    ['Date.now', clock, 'host.clock.now()'],
    ['Math.random', dice, 'host.random'],
  ])('because of a planted %s is caught in the act', async (source, scenario, instead) => {
    const { verdict, violation } = await playRun(scenario, 1, { mode: 'reference', code });
    expect(verdict).toBe('nondeterministic');
    expect(violation).toMatchObject({ invariant: 'no-ambient-nondeterminism', subject: source });
    expect(violation?.detail).toContain(instead);
    expect(violation?.detail).toMatch(/planted\.ts:\d+/);
    const result = await verify(plan(scenario), inline(scenario));
    expect(result.verdict).toBe('nondeterministic');
    expect(result.caught).toHaveLength(1);
  });

  test('because of what it remembers between runs is found, and the first differing event is named', async () => {
    const result = await verify(plan(order, calm), inline(order, calm));
    expect(result.verdict).toBe('nondeterministic');
    expect(result.divergences.map(({ scenario }) => scenario)).toContain(order.name);
    const [divergence] = result.divergences;
    const { first, second } = divergence!.difference!;
    expect(first).toMatchObject({ kind: 'emit', detail: expect.stringMatching(/^met-n\d$/) });
    expect(second).toMatchObject({ kind: 'emit', detail: expect.stringMatching(/^met-n\d$/) });
    expect(first!.detail).not.toBe(second!.detail);
    const report = verifyReport(result, [], plain);
    expect(report).toContain('First differing event: number');
    expect(report).toContain(first!.detail);
    expect(report).toContain(second!.detail);
  });

  test('in nothing but the data that it emits is found, and both data are shown', async () => {
    const result = await verify(plan(counted), inline(counted));
    const { first, second } = result.divergences[0]!.difference!;
    expect([first, second]).toMatchObject([
      { kind: 'emit', detail: 'counted', host: second!.host, at: second!.at },
      { kind: 'emit', detail: 'counted' },
    ]);
    expect(first!.data).toMatch(/^pings \d+$/);
    expect(second!.data).toMatch(/^pings \d+$/);
    expect(first!.data).not.toBe(second!.data);
    const report = verifyReport(result, [], plain);
    expect(report).toContain(`emit, counted, ${String(first!.data)}`);
    expect(report).toContain(`emit, counted, ${String(second!.data)}`);
  });
});

async function verifyAlone(one: VerifyPlan, files: readonly string[]) {
  const player = workerPool(1, files, code);
  return await verify(one, player).finally(() => player.stop());
}

describe('a deterministic one', () => {
  test('has one hash here and in worker threads, in both modes, in any order', async () => {
    const result = await verifyAlone(plan(calm), [file('own')]);
    expect(result).toMatchObject({ verdict: 'pass', runs: 1, plays: 5, divergences: [], caught: [] });
  });

  test.each(['swarm', 'key-rotation'])('such as membership itself in %s', async (name) => {
    const scenario = builtinScenarios.find((one) => one.name === name)!;
    const result = await verifyAlone({ ...plan(scenario), files: [] }, []);
    expect(result).toMatchObject({ verdict: 'pass', plays: 5, divergences: [], caught: [] });
  });
});
