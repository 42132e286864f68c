import { defineScenario } from '../define.ts';
import { cluster, hostNames } from './cluster.ts';
import { converged } from './expectations.ts';
import { between, schedule, seconds, some, type Step } from './schedule.ts';

export const longPause = defineScenario({
  name: 'long-pause',
  summary: 'one of 10 hosts stands still until the others have buried it, another only cannot speak; both return',
  mustStrike: ['pause'],
  sometimes: ['declared-dead', 'refuted', 'rejoined'],
  stage({ random }) {
    const [stopped, mute] = some(random, hostNames(10), 2) as [string, string];
    const faults = schedule([
      { kind: 'pause', at: seconds(15), hosts: [stopped], mode: 'freeze', for: between(random, 10, 60) },
      { kind: 'pause', at: between(random, 15, 40), hosts: [mute], mode: 'ioBlock', for: between(random, 2, 40) },
    ]);
    return cluster({ hosts: 10, faults, expectations: [converged] });
  },
});

/** Lifeguard's experiment (section V-C): members whose messages wait while their timers run, again and again. */
function anomaly(hosts: string[], random: Parameters<typeof between>[0]): Step[] {
  const blocked = 500 + random.int(2_500);
  const free = random.pick([1, 16, 256]);
  const steps: Step[] = [];
  for (let at = 15_000; at < 60_000; at += blocked + free) {
    steps.push({ kind: 'pause', at: at * 1_000, hosts, mode: 'ioBlock', for: blocked * 1_000 });
  }
  return steps;
}

export const slowMembers = defineScenario({
  name: 'slow-members',
  summary: '4 of 16 hosts are too slow to read their messages in time, and must not have the healthy ones evicted',
  mustStrike: ['pause'],
  sometimes: ['suspected', 'refuted', 'health-rose', 'health-recovered'],
  stage({ random }) {
    const faults = schedule(anomaly(some(random, hostNames(16), 4), random));
    return cluster({ hosts: 16, faults, expectations: [converged] });
  },
});

export const starvedCpu = defineScenario({
  name: 'starved-cpu',
  summary: '3 of 12 hosts need up to 200 ms of their CPU for every message',
  mustStrike: ['slow'],
  sometimes: ['health-rose'],
  stage({ random }) {
    const faults = schedule([
      {
        kind: 'slow',
        at: seconds(15),
        hosts: some(random, hostNames(12), 3),
        perMessage: 20_000 + random.int(180_000),
        for: between(random, 20, 50),
      },
    ]);
    return cluster({ hosts: 12, faults, expectations: [converged] });
  },
});

export const wildClocks = defineScenario({
  name: 'wild-clocks',
  summary: 'clocks jump by up to an hour, forth and back, and run up to 0.5 % wrong, with restarts in between',
  mustStrike: ['clock', 'restart'],
  stage({ random }) {
    const steps = hostNames(10).flatMap((host): Step[] => {
      if (random.chance([1, 3])) return [];
      const jumpMs = (random.int(7_201) - 3_600) * 1_000;
      const clock: Step = {
        kind: 'clock',
        at: between(random, 5, 40),
        hosts: [host],
        jumpMs,
        driftPpm: random.int(10_001) - 5_000,
      };
      if (random.chance([1, 2])) return [clock];
      return [
        clock,
        {
          kind: 'restart',
          at: between(random, 10, 60),
          hosts: [host],
          keepStore: random.chance([1, 2]),
          newAddress: false,
        },
      ];
    });
    const sure: Step[] = [
      { kind: 'clock', at: seconds(20), hosts: ['n2'], jumpMs: -3_600_000, driftPpm: 0 },
      { kind: 'restart', at: seconds(30), hosts: ['n2'], keepStore: false, newAddress: false },
    ];
    return cluster({ hosts: 10, faults: schedule([...steps, ...sure]), expectations: [converged] });
  },
});
