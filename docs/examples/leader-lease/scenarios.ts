import { SECOND } from 'rollcall/core';
import type { Random } from 'rollcall/core';
import { defineScenario } from 'rollcall/scenarios';
import type { Stage } from 'rollcall/scenarios';
import type { Fault } from 'rollcall/simulator';
import { careful, leaseProgram, naive } from './lease.ts';
import type { Judgement } from './lease.ts';
import { oneLeader } from './one-leader.ts';

const HOSTS = ['a', 'b', 'c', 'd', 'e'];

/** Whoever is hit sleeps for seconds, as in a long garbage collection; clocks run up to 5 % apart; packets get lost. */
function badDay(random: Random): Fault[] {
  const draw = random.fork('faults');
  const clocks = HOSTS.map((host): Fault => {
    const driftPpm = draw.int(50_001) - 25_000;
    return { id: `clock-${host}`, kind: 'clock', at: SECOND, hosts: [host], jumpMs: 0, driftPpm };
  });
  const pauses = Array.from({ length: 12 }, (_, index): Fault => {
    const mode = draw.pick(['freeze', 'ioBlock'] as const);
    const at = (5 + index * 9) * SECOND + draw.int(4 * SECOND);
    return { id: `pause-${index}`, kind: 'pause', at, hosts: [draw.pick(HOSTS)], mode, for: draw.int(8 * SECOND) };
  });
  return [...clocks, ...pauses, { id: 'loss', kind: 'link', at: 0, for: 100 * SECOND, loss: [1, 10] }];
}

function stageWith(judgement: Judgement) {
  return ({ random }: { random: Random }): Stage => ({
    hosts: HOSTS.map((name) => ({ name, program: leaseProgram(HOSTS, judgement) })),
    faults: badDay(random),
    duration: 120 * SECOND,
    invariants: [oneLeader],
  });
}

export const naiveLease = defineScenario({
  name: 'naive-lease',
  summary: 'a leader that trusts its timer, on a bad day',
  mustStrike: ['pause', 'clock', 'link'],
  sometimes: ['leadership moved'],
  stage: stageWith(naive),
});

export const carefulLease = defineScenario({
  name: 'careful-lease',
  summary: 'a leader that looks at its clock before it acts, on the same bad day',
  mustStrike: ['pause', 'clock', 'link'],
  sometimes: ['leadership moved'],
  stage: stageWith(careful),
});
