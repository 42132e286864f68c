import { describe, expect, test } from 'vitest';
import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { edited, withoutHosts } from '../../scenarios/edit.ts';
import { InvalidScenario } from '../../scenarios/errors.ts';
import { materialise, playRun, playWorld } from '../../scenarios/play.ts';
import { planTasks } from '../../scenarios/suite.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { TraceRecord } from '../../simulator/trace.ts';
import { calm } from './fixtures/own.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };
const swarm = builtinScenarios.find(({ name }) => name === 'swarm')!;
const play = (scenario = swarm, seed = 3) => playRun(scenario, seed, { mode: 'reference', code });

describe('an edited run', () => {
  test('that changes nothing is the same run, whatever seed it is asked for', async () => {
    const run = await play();
    expect((await play(edited(swarm, 3, {}))).hash).toBe(run.hash);
    expect((await play(edited(swarm, 3, {}), 99)).hash).toBe(run.hash);
    expect((await play(edited(swarm, 3, { faults: materialise(swarm, 3).faults }))).hash).toBe(run.hash);
  });

  test('can be edited again, and stays the run that it was', async () => {
    const once = edited(swarm, 3, { faults: [] });
    expect((await play(edited(once, 8, { faults: materialise(swarm, 3).faults }))).hash).toBe((await play()).hash);
  });

  test('is planned once, however many seeds are asked for', () => {
    const plan = { scenarios: [edited(swarm, 3, {}), calm], files: [], version: '0.1.0', seeds: 4, firstSeed: 10 };
    expect(planTasks(plan).map(({ scenario, seed }) => `${scenario} ${seed}`)).toEqual([
      'swarm 3',
      ...[10, 11, 12, 13].map((seed) => `${calm.name} ${seed}`),
    ]);
  });

  test('plays shorter, without faults or without hosts when it is told to', async () => {
    const { metrics } = await play(edited(swarm, 3, { faults: [], without: ['n2'], duration: 20_000_000 }));
    const before = materialise(swarm, 3);
    expect(metrics).toMatchObject({ hosts: before.hosts.length - 1, simulated: 20_000_000, struck: {} });
  });

  test('moves nothing of the hosts that stay', async () => {
    const packets = async (scenario: typeof calm) => {
      const told: string[] = [];
      const onTrace = ({ at, kind, host, peer }: TraceRecord) => {
        if (host !== 'n2' && peer !== 'n2' && peer !== '') told.push(`${at} ${kind} ${host} ${peer}`);
      };
      await playWorld(scenario, 1, { mode: 'reference', code, onTrace });
      return told;
    };
    const rest = await packets(edited(calm, 1, { without: ['n2'] }));
    expect(rest.length).toBeGreaterThan(40);
    expect(rest).toEqual(await packets(calm));
  });

  test('refuses a host that is not there', async () => {
    await expect(play(edited(swarm, 3, { without: ['n99'] }))).rejects.toThrow(InvalidScenario);
  });
});

test('hosts are taken out of every kind of fault, and what was about them alone is gone', () => {
  const faults: Fault[] = [
    { id: 'a', kind: 'crash', at: 1, hosts: ['x', 'y'] },
    { id: 'b', kind: 'crash', at: 1, hosts: ['x'] },
    { id: 'c', kind: 'partition', at: 1, groups: [['x'], ['y'], ['z']], for: 2 },
    { id: 'd', kind: 'partition', at: 1, groups: [['x'], ['y', 'z']], for: 2 },
    { id: 'e', kind: 'block', at: 1, from: ['x'], to: ['y'], for: 2 },
    { id: 'f', kind: 'link', at: 1, to: ['x', 'y'], for: 2, loss: [1, 2] },
    { id: 'g', kind: 'link', at: 1, for: 2, loss: [1, 2] },
  ];
  expect(withoutHosts(faults, ['x'])).toEqual([
    { id: 'a', kind: 'crash', at: 1, hosts: ['y'] },
    { id: 'c', kind: 'partition', at: 1, groups: [['y'], ['z']], for: 2 },
    { id: 'f', kind: 'link', at: 1, to: ['y'], for: 2, loss: [1, 2] },
    { id: 'g', kind: 'link', at: 1, for: 2, loss: [1, 2] },
  ]);
});
