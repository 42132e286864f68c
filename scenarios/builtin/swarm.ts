import type { Random } from '../../core/ports/random.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { swarmSchedule } from '../../simulator/faults/swarm.ts';
import { defineScenario } from '../define.ts';
import { cluster, hostNames } from './cluster.ts';
import { converged } from './expectations.ts';
import { between, schedule, seconds, type Step } from './schedule.ts';

/** What the members themselves do meanwhile: some of them change, talk, leave and return. */
function life(random: Random, names: readonly string[]): Step[] {
  const at = () => between(random, 10, 70);
  const host = () => [random.pick(names)];
  const steps: Step[] = [];
  for (let i = random.int(4); i > 0; i--) {
    steps.push({ kind: 'command', at: at(), hosts: host(), command: 'update', argument: 'x'.repeat(random.int(200)) });
  }
  for (let i = random.int(4); i > 0; i--) {
    steps.push({ kind: 'command', at: at(), hosts: host(), command: 'broadcast', argument: `news ${i}` });
  }
  for (let i = 1 + random.int(3); i > 0; i--) {
    const hosts = host();
    const leaves = at();
    steps.push({ kind: 'command', at: leaves, hosts, command: random.chance([3, 4]) ? 'leave' : 'stop' });
    steps.push({ kind: 'command', at: leaves + between(random, 6, 40), hosts, command: 'join' });
  }
  return steps;
}

/**
 * A seed is found where it is written down, so it stays there: if it moved while everybody else was forgotten, nothing
 * in the world could lead its cluster together again.
 */
export function withoutMoving(fault: Fault, seeds: readonly string[]): Fault {
  const moves = fault.kind === 'restart' && fault.newAddress && fault.hosts.some((host) => seeds.includes(host));
  return moves ? { ...fault, newAddress: false } : fault;
}

export const swarm = defineScenario({
  name: 'swarm',
  summary: '5 to 16 hosts under a random subset of everything that can go wrong, healed after a minute',
  anySchedule: true,
  sometimes: ['suspected', 'declared-dead', 'refuted', 'rejoined', 'forgotten', 'left', 'health-rose'],
  stage({ random }) {
    const names = hostNames(5 + random.int(12));
    const chaos = swarmSchedule(random.fork('chaos'), names, { from: seconds(8), until: seconds(75) });
    const seeds = 1 + random.int(2);
    const known = names.slice(0, seeds);
    const own = schedule(life(random.fork('life'), names));
    const faults = [...chaos.map((fault) => withoutMoving(fault, known)), ...own].toSorted((a, b) => a.at - b.at);
    const key = Uint8Array.from({ length: 32 }, () => random.int(256));
    const sealed = random.chance([1, 4]);
    return cluster({
      hosts: names.length,
      seeds,
      faults,
      expectations: [converged],
      program: () => (sealed ? { keys: [key] } : {}),
    });
  },
});
