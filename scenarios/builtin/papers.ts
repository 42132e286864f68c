import { defineScenario } from '../define.ts';
import { cluster, hostNames } from './cluster.ts';
import { allDetected } from './expectations.ts';
import { between, schedule, seconds, some } from './schedule.ts';

export const swimAsPublished = defineScenario({
  name: 'swim-as-published',
  summary: 'the protocol of the SWIM paper alone, under 10 % loss (its section 5): a crash among 16 is found',
  mustStrike: ['crash', 'link'],
  stage({ random }) {
    const faults = schedule([
      { kind: 'link', at: seconds(20), for: seconds(100), loss: [1, 10] },
      { kind: 'crash', at: between(random, 30, 40), hosts: some(random, hostNames(16), 1) },
    ]);
    return cluster({ hosts: 16, preset: 'swim', faults, calm: seconds(60), expectations: [allDetected] });
  },
});

export const lifeguardAsPublished = defineScenario({
  name: 'lifeguard-as-published',
  summary: 'the Lifeguard paper on its own settings: two hosts pause and return, a third crashes',
  mustStrike: ['pause', 'crash'],
  sometimes: ['health-rose', 'refuted'],
  stage({ random }) {
    const [a, b, c] = some(random, hostNames(16), 3) as [string, string, string];
    const faults = schedule([
      { kind: 'pause', at: seconds(20), hosts: [a, b], mode: 'ioBlock', for: between(random, 2, 15) },
      { kind: 'crash', at: between(random, 30, 40), hosts: [c] },
    ]);
    return cluster({ hosts: 16, preset: 'lifeguard', faults, calm: seconds(100), expectations: [allDetected] });
  },
});

export const lanDefaults = defineScenario({
  name: 'lan-defaults',
  summary: "memberlist's defaults for a local network: a crash, a split and a pause among 8 hosts",
  mustStrike: ['crash', 'partition', 'pause'],
  stage({ random }) {
    const names = random.shuffle(hostNames(8));
    const faults = schedule([
      { kind: 'crash', at: seconds(20), hosts: [names[0] as string] },
      { kind: 'partition', at: seconds(60), groups: [names.slice(1, 4), names.slice(4)], for: between(random, 10, 90) },
      { kind: 'pause', at: seconds(160), hosts: [names[1] as string], mode: 'freeze', for: between(random, 5, 40) },
    ]);
    return cluster({ hosts: 8, preset: 'lan', faults });
  },
});
