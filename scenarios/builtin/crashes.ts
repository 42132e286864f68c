import { defineScenario } from '../define.ts';
import { cluster, hostNames } from './cluster.ts';
import { allDetected, converged, noFalsePositives } from './expectations.ts';
import { between, outage, schedule, seconds, some } from './schedule.ts';

export const crashOfOne = defineScenario({
  name: 'crash-of-one',
  summary: 'one of 10 hosts crashes and stays away; the others notice, and doubt nobody else',
  mustStrike: ['crash'],
  sometimes: ['suspected', 'declared-dead', 'forgotten'],
  stage({ random }) {
    const faults = schedule([{ kind: 'crash', at: between(random, 15, 25), hosts: some(random, hostNames(10), 1) }]);
    const judge = { nacksArrive: true };
    return cluster({ hosts: 10, faults, judge, expectations: [allDetected, converged, noFalsePositives] });
  },
});

export const crashOfOneIn100 = defineScenario({
  name: 'crash-of-one-100',
  summary: 'one of 100 hosts crashes; everybody knows within seconds',
  mustStrike: ['crash'],
  bounds: [{ metric: 'detection', quantile: 'p99', atMost: seconds(7) }],
  stage({ random }) {
    const faults = schedule([{ kind: 'crash', at: between(random, 15, 25), hosts: some(random, hostNames(100), 1) }]);
    return cluster({ hosts: 100, faults, calm: seconds(40), expectations: [allDetected, noFalsePositives] });
  },
});

export const crashOfTenth = defineScenario({
  name: 'crash-of-tenth',
  summary: '3 of 30 hosts crash at the same instant',
  mustStrike: ['crash'],
  sometimes: ['declared-dead', 'health-rose'],
  stage({ random }) {
    const faults = schedule([{ kind: 'crash', at: between(random, 15, 25), hosts: some(random, hostNames(30), 3) }]);
    return cluster({ hosts: 30, faults, expectations: [allDetected, converged, noFalsePositives] });
  },
});

export const halfLost = defineScenario({
  name: 'half-lost',
  summary: '8 of 16 hosts crash at once; the other half carries on, and doubts itself for a while',
  mustStrike: ['crash'],
  sometimes: ['health-rose', 'health-recovered'],
  stage({ random }) {
    const faults = schedule([{ kind: 'crash', at: between(random, 15, 25), hosts: some(random, hostNames(16), 8) }]);
    return cluster({ hosts: 16, faults, expectations: [allDetected, converged, noFalsePositives] });
  },
});

export const flappingMember = defineScenario({
  name: 'flapping-member',
  summary: 'one of 10 hosts crashes and comes back every few seconds, sometimes before anybody noticed',
  mustStrike: ['crash', 'restart'],
  sometimes: ['rejoined', 'declared-dead'],
  stage({ random }) {
    const hosts = some(random, hostNames(10).slice(1), 1);
    let at = 15;
    const steps = Array.from({ length: 8 }, () => {
      const down = at + 3 + random.int(5);
      at = down + 1 + random.int(12);
      return outage(hosts, seconds(down), seconds(at), { keepStore: random.chance([1, 2]) });
    });
    return cluster({ hosts: 10, faults: schedule(steps.flat()), expectations: [converged] });
  },
});

export const rollingRestart = defineScenario({
  name: 'rolling-restart',
  summary: 'all 10 hosts are restarted one after the other, the seed among them',
  mustStrike: ['crash', 'restart'],
  stage({ random }) {
    const pace = 2 + random.int(6);
    const steps = random.shuffle(hostNames(10)).flatMap((host, index) => {
      const down = seconds(15 + index * pace);
      return outage([host], down, down + between(random, 0.2, 3), { keepStore: true });
    });
    return cluster({ hosts: 10, seeds: 2, faults: schedule(steps), expectations: [converged] });
  },
});

export const newAddress = defineScenario({
  name: 'new-address',
  summary: 'hosts come back under another address, some with and some without what they had stored',
  mustStrike: ['crash', 'restart'],
  sometimes: ['address-changed', 'rejoined'],
  stage({ random }) {
    const steps = some(random, hostNames(10).slice(1), 3).flatMap((host) => {
      const down = between(random, 15, 30);
      const back = { keepStore: random.chance([1, 2]), newAddress: true };
      return outage([host], down, down + between(random, 1, 20), back);
    });
    return cluster({ hosts: 10, faults: schedule(steps), expectations: [converged] });
  },
});
