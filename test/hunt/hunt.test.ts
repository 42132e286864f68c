import { expect, test, vi } from 'vitest';
import { huntReport, isBlind } from '../../reports/hunt.ts';
import { plain } from '../../reports/style.ts';
import { cluster } from '../../scenarios/builtin/cluster.ts';
import { schedule, seconds } from '../../scenarios/builtin/schedule.ts';
import { defineScenario } from '../../scenarios/define.ts';
import { hunt, type HuntPlan } from '../../scenarios/hunt/hunt.ts';
import { inlinePlayer, type Player, type Task } from '../../scenarios/player.ts';
import type { RunMetrics, Scenario, ScenarioContext } from '../../scenarios/scenario.ts';
import { pingScenario } from '../scenarios/ping.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };

const story = {
  name: 'trio',
  summary: 'three members, one of which crashes at a drawn time and returns',
  mustStrike: ['crash'],
  sometimes: ['declared-dead'],
  anySchedule: true,
} as const;

function trioWith(calm?: number) {
  return ({ random }: ScenarioContext) => {
    const hosts = [`n${1 + random.int(3)}`];
    const at = seconds(5 + random.int(5));
    const faults = schedule([
      { kind: 'crash', at, hosts },
      { kind: 'restart', at: at + seconds(1 + random.int(10)), hosts, keepStore: true, newAddress: false },
    ]);
    return cluster({ hosts: 3, faults, ...(calm === undefined ? {} : { calm }) });
  };
}

const trio = defineScenario({ ...story, stage: trioWith() });
/** Over before its rules about the end have their say: cheap. */
const short = defineScenario({ ...story, stage: trioWith(seconds(10)) });

/** As another number of threads might play: in another order, and beyond the point where it was enough. */
function backwards(player: Player): Player {
  return {
    workers: 2,
    playing: [],
    async play(tasks, listener) {
      for (const task of tasks.toReversed()) await player.play([task], listener);
    },
    limit() {},
    stop: () => player.stop(),
  };
}

function listening(scenario: Scenario) {
  const played: Task[] = [];
  const player = inlinePlayer(() => scenario, code);
  const play: Player['play'] = (tasks, listener) => {
    played.push(...tasks);
    return player.play(tasks, listener);
  };
  return { played, player: { ...player, play } };
}

const planOf = (scenario: Scenario, rest: Partial<HuntPlan> = {}): HuntPlan => ({
  scenarios: [scenario],
  firstSeed: 1,
  runs: 80,
  sabotage: 'mute',
  ...rest,
});

test('plays and finds the same whoever plays, in whatever order', async () => {
  const plan = planOf(short, { sabotage: 'throw' });
  const forwards = listening(short);
  const there = await hunt(plan, forwards.player);
  const reversed = listening(short);
  const back = await hunt(plan, backwards(reversed.player));
  const byIndex = (tasks: readonly Task[]) =>
    tasks.toSorted((a, b) => a.index - b.index || String(a.sabotage).localeCompare(String(b.sabotage)));
  expect(byIndex(reversed.played)).toEqual(byIndex(forwards.played));
  expect(back.coverage).toEqual(there.coverage);
  expect(there).toMatchObject({ runs: 80, findings: [], stopped: 'runs' });
  expect(there.variations).toBeGreaterThan(5);
});

test('catches its canary, and the saboteur is no finding', async () => {
  const { canary, findings } = await hunt(
    planOf(trio, { runs: 1 }),
    inlinePlayer(() => trio, code),
  );
  expect(canary).toMatchObject({ runs: 1, caughtBy: { invariant: 'convergence' } });
  expect(findings).toEqual([]);
});

test('knows that it is blind when nobody judges', async () => {
  const blind = { ...short, stage: (context) => ({ ...short.stage(context), invariants: [] }) } satisfies Scenario;
  const result = await hunt(
    planOf(blind, { runs: 1 }),
    inlinePlayer(() => blind, code),
  );
  expect(result.canary.caughtBy).toBeUndefined();
  expect(result.canary.runs).toBeGreaterThan(10);
  const saved = { failing: [], passing: [], unusable: [], lost: [] };
  const story = { scenarios: ['trio'], firstSeed: 1, files: [], saved, result, findings: [] };
  expect(isBlind(result)).toBe(true);
  expect(huntReport(story, { width: 100, paint: plain })).toContain('FAIL\nThis hunt is blind');
});

test('stops at the first failure, or collects different ones', async () => {
  const strict = pingScenario('strict', { limit: 5 });
  const plan = planOf(strict, { runs: 50, sabotage: 'throw' });
  const first = await hunt(plan, backwards(inlinePlayer(() => strict, code)));
  expect(first).toMatchObject({ runs: 1, stopped: 'failure' });
  expect(first.findings).toHaveLength(1);
  const all = await hunt(
    { ...plan, collect: true },
    inlinePlayer(() => strict, code),
  );
  expect(all).toMatchObject({ runs: 50, stopped: 'runs' });
  expect(all.findings).toMatchObject([{ run: 1, times: 50, violation: { invariant: 'few-answers' } }]);
});

test('does not expect of a variation what the scenario expects of its own story', async () => {
  const told: Scenario = {
    ...short,
    stage: (context) => {
      const judge = ({ struck }: RunMetrics) => (struck['crash'] === 1 ? undefined : 'It did not.');
      const expectations = [{ id: 'told', words: 'Exactly one crash strikes.', judge }];
      return { ...short.stage(context), expectations };
    },
  };
  const plan = planOf(told, { runs: 80, sabotage: 'throw' });
  const { findings, variations } = await hunt(
    plan,
    inlinePlayer(() => told, code),
  );
  expect(variations).toBeGreaterThan(5);
  expect(findings).toEqual([]);
});

test('plays no variations of a scenario whose rules are about its own schedule', async () => {
  const { anySchedule: _, ...fixed } = short;
  const plan = planOf(fixed, { sabotage: 'throw' });
  const result = await hunt(
    plan,
    inlinePlayer(() => fixed, code),
  );
  expect(result).toMatchObject({ runs: 80, variations: 0 });
});

test('an interrupted hunt says what it found until then', async () => {
  const interruption = new AbortController();
  const result = await hunt(
    planOf(short, { sabotage: 'throw' }),
    inlinePlayer(() => short, code),
    {
      signal: interruption.signal,
      onRun: ({ ahead }) => ahead === 7 && interruption.abort(),
    },
  );
  expect(result).toMatchObject({ stopped: 'interrupted', runs: 7 });
});

test('a canary that never ends costs no more than the time, and a run that is named', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let stop = () => {};
    const ended = new Promise<void>((resolve) => (stop = resolve));
    const playing: Task[] = [];
    const hanging: Player = {
      workers: 1,
      playing,
      play: ([task]) => (playing.push(task!), ended),
      limit() {},
      stop,
    };
    const { runs: _, ...plan } = planOf(short);
    const result = hunt({ ...plan, timeLimitSeconds: 5 }, hanging);
    await vi.advanceTimersByTimeAsync(15_000);
    const lost = [{ scenario: 'trio', seed: 1, how: 'still playing 10 s after the time was up' }];
    expect(await result).toMatchObject({ stopped: 'time', runs: 0, lost });
  } finally {
    vi.useRealTimers();
  }
});
