import { defineScenario } from '../define.ts';
import { cluster, hostNames } from './cluster.ts';
import { formed, noFalsePositives } from './expectations.ts';
import { between, seconds } from './schedule.ts';

export const formation = defineScenario({
  name: 'formation',
  summary: '10 hosts boot at once and find each other through one seed',
  bounds: [{ metric: 'formation', quantile: 'p99', atMost: seconds(5) }],
  stage: () => cluster({ hosts: 10, expectations: [formed, noFalsePositives] }),
});

export const formationOf100 = defineScenario({
  name: 'formation-100',
  summary: '100 hosts boot at once and find each other through one seed',
  bounds: [{ metric: 'formation', quantile: 'p99', atMost: seconds(5) }],
  stage: () => cluster({ hosts: 100, calm: seconds(30), expectations: [formed, noFalsePositives] }),
});

export const massJoin = defineScenario({
  name: 'mass-join',
  summary: 'a cluster of 4 triples at once, with two of the newcomers ahead of their time',
  stage({ random }) {
    const early = new Set(hostNames(4));
    const wave = between(random, 20, 25);
    const rash = new Set(random.shuffle(hostNames(12).slice(4)).slice(0, 2));
    return cluster({
      hosts: 12,
      expectations: [formed, noFalsePositives],
      startAt: (name) => (early.has(name) ? 0 : rash.has(name) ? between(random, 0, 2) : wave),
    });
  },
});
