import { builtinScenarios } from '../../../scenarios/builtin/index.ts';
import type { Task } from '../../../scenarios/player.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { modeOf } from '../../../scenarios/suite.ts';

/** Every mechanism of the core has one in which its change must show. The published settings are among them. */
const SCENARIOS = [
  'formation-100',
  'crash-of-one',
  'flapping-member',
  'split-and-heal',
  'one-way-partition',
  'heavy-loss',
  'damaged-packets',
  'slow-members',
  'mass-leave',
  'swim-as-published',
  'lifeguard-as-published',
  'lan-defaults',
  'discovery-dns-stale',
  'discovery-etcd-lease-lost',
  'swarm',
];

/** The last one is played in wire mode. */
const SEEDS = [1, 2, 7];

/** The runs that are kept: a few seeds of a few scenarios. */
export function goldenTasks(scenarios: readonly string[] = SCENARIOS, seeds: readonly number[] = SEEDS): Task[] {
  const runs = scenarios.flatMap((scenario) => seeds.map((seed) => ({ scenario, seed, mode: modeOf(seed) })));
  return runs.map((run, index) => ({ index, ...run }));
}

export function scenarioNamed(name: string): Scenario {
  const found = builtinScenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`There is no built-in scenario ${name}: change the golden runs.`);
  return found;
}
