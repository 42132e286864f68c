import { defineScenario } from '../define.ts';
import { cluster, hostNames } from './cluster.ts';
import { converged } from './expectations.ts';
import { schedule, seconds, some, type Step } from './schedule.ts';

export const heavyLoss = defineScenario({
  name: 'heavy-loss',
  summary: 'a minute in which every link of 12 hosts loses 30 % of its datagrams, with a crash in the middle',
  mustStrike: ['link', 'crash'],
  sometimes: ['suspected', 'refuted', 'health-rose'],
  stage({ random }) {
    const faults = schedule([
      { kind: 'link', at: seconds(10), for: seconds(60), loss: [3, 10] },
      { kind: 'crash', at: seconds(40), hosts: some(random, hostNames(12), 1) },
    ]);
    return cluster({ hosts: 12, faults, expectations: [converged] });
  },
});

export const burstLoss = defineScenario({
  name: 'burst-loss',
  summary: 'links of 12 hosts fall silent in bursts: rarely, but then for a second or so nearly everything is lost',
  mustStrike: ['link'],
  sometimes: ['suspected'],
  stage({ random }) {
    const leave = random.pick([5, 10, 20]);
    const burst = { enter: [1, 100], leave: [1, leave], loss: [95, 100], slot: 100_000 } as const;
    return cluster({
      hosts: 12,
      faults: schedule([{ kind: 'link', at: seconds(10), for: seconds(80), burst }]),
      expectations: [converged],
    });
  },
});

export const damagedPackets = defineScenario({
  name: 'damaged-packets',
  summary: 'datagrams of 10 hosts are flipped, cut, doubled, held back and delayed',
  mustStrike: ['link'],
  stage({ random }) {
    const sealed = random.chance([1, 2]);
    const key = Uint8Array.from({ length: 16 }, () => random.int(256));
    const harm: Step = {
      kind: 'link',
      at: seconds(10),
      for: seconds(60),
      corrupt: [5, 100],
      truncate: [5, 100],
      duplicate: [20, 100],
      reorder: { chance: [20, 100], by: 300_000 },
      delay: random.int(40_000),
    };
    return cluster({
      hosts: 10,
      faults: schedule([harm]),
      expectations: [converged],
      program: () => (sealed ? { keys: [key] } : {}),
    });
  },
});

export const brokenStreams = defineScenario({
  name: 'broken-streams',
  summary: 'streams of some of 10 hosts are refused, reset, stalled or half open, from the very start',
  mustStrike: ['stream'],
  stage({ random }) {
    const effects = ['refuse', 'reset', 'stall', 'half-open'] as const;
    const steps = effects.map((effect, index): Step => {
      const hosts = some(random, hostNames(10), 1 + random.int(4));
      return { kind: 'stream', at: seconds(index * 12), hosts, effect, for: seconds(12) };
    });
    return cluster({ hosts: 10, seeds: 2, faults: schedule(steps), expectations: [converged] });
  },
});
