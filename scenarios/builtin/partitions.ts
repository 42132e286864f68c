import type { Random } from '../../core/ports/random.ts';
import { defineScenario } from '../define.ts';
import { cluster, hostNames } from './cluster.ts';
import { converged, noFalsePositives } from './expectations.ts';
import { between, schedule, seconds, some, type Step } from './schedule.ts';

/** Cuts the hosts in two halves at random. */
function halves(random: Random, count: number): [string[], string[]] {
  const shuffled = random.shuffle(hostNames(count));
  return [shuffled.slice(0, count >> 1), shuffled.slice(count >> 1)];
}

export const splitAndHeal = defineScenario({
  name: 'split-and-heal',
  summary: '12 hosts are cut in two halves until each has forgotten the other, and find together again',
  mustStrike: ['partition'],
  sometimes: ['declared-dead', 'forgotten', 'refuted'],
  stage({ random }) {
    const step: Step = { kind: 'partition', at: seconds(20), groups: halves(random, 12), for: between(random, 10, 90) };
    return cluster({ hosts: 12, faults: schedule([step]), expectations: [converged, noFalsePositives] });
  },
});

export const splitOf100 = defineScenario({
  name: 'split-and-heal-100',
  summary: '100 hosts are cut in two halves for a minute and agree again within another',
  mustStrike: ['partition'],
  bounds: [{ metric: 'convergence', quantile: 'p99', atMost: seconds(60) }],
  stage({ random }) {
    const step: Step = { kind: 'partition', at: seconds(20), groups: halves(random, 100), for: seconds(60) };
    return cluster({ hosts: 100, faults: schedule([step]), calm: seconds(90), expectations: [converged] });
  },
});

export const oneWayPartition = defineScenario({
  name: 'one-way-partition',
  summary: 'half of 12 hosts hear the others, but are not heard by them',
  mustStrike: ['block'],
  sometimes: ['suspected', 'refuted'],
  stage({ random }) {
    const [mute, deaf] = halves(random, 12);
    const step: Step = { kind: 'block', at: seconds(20), from: mute, to: deaf, for: between(random, 10, 60) };
    return cluster({ hosts: 12, faults: schedule([step]), expectations: [converged] });
  },
});

export const blackHole = defineScenario({
  name: 'black-hole',
  summary: 'two pairs of 12 hosts cannot hear each other at all, and nobody else minds: not one eviction',
  mustStrike: ['block'],
  stage({ random }) {
    const [a, b, c, d] = some(random, hostNames(12), 4) as [string, string, string, string];
    const cut = (from: string, to: string): Step => ({
      kind: 'block',
      at: seconds(20),
      from: [from],
      to: [to],
      for: seconds(60),
    });
    const faults = schedule([cut(a, b), cut(b, a), cut(c, d), cut(d, c)]);
    return cluster({ hosts: 12, faults, expectations: [converged, noFalsePositives] });
  },
});

export const flipFlop = defineScenario({
  name: 'flip-flop',
  summary: '2 of 20 hosts hear nothing for 20 s, everything for 20 s, and so on (the Rapid paper, section 7)',
  mustStrike: ['link'],
  sometimes: ['suspected', 'refuted', 'health-rose'],
  stage({ random }) {
    const to = some(random, hostNames(20), 2);
    const steps = [20, 60, 100].map((at): Step => ({
      kind: 'link',
      at: seconds(at),
      to,
      for: seconds(20),
      loss: [1, 1],
    }));
    return cluster({ hosts: 20, faults: schedule(steps), expectations: [converged] });
  },
});

export const odderPartitions = defineScenario({
  name: 'odd-partitions',
  summary: 'three groups, a bridge between halves, a ring, one alone, and cuts of datagrams or streams alone, in turn',
  mustStrike: ['partition', 'block'],
  stage({ random }) {
    const all = random.shuffle(hostNames(9));
    const [bridge, ...others] = all as [string, ...string[]];
    const ring = all.map((host, index): Step => {
      const neighbours = [all[(index + 1) % 9], all[(index + 8) % 9], host];
      return {
        kind: 'block',
        at: seconds(110),
        from: [host],
        to: all.filter((one) => !neighbours.includes(one)),
        for: seconds(15),
      };
    });
    const cut = (at: number, groups: string[][], only?: 'datagram' | 'stream'): Step => {
      const partition = { kind: 'partition', at: seconds(at), groups, for: between(random, 5, 20) } as const;
      return only === undefined ? partition : { ...partition, only };
    };
    const faults = schedule([
      cut(15, [all.slice(0, 3), all.slice(3, 6), all.slice(6)]),
      cut(40, [others.slice(0, 4), others.slice(4)]),
      cut(65, [[bridge], others]),
      cut(85, [all.slice(0, 4), all.slice(4)], random.pick(['datagram', 'stream'])),
      ...ring,
    ]);
    return cluster({ hosts: 9, faults, expectations: [converged] });
  },
});
