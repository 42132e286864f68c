import { presets, SECOND } from 'rollcall/core';
import { defineScenario } from 'rollcall/scenarios';
import { memberProgram, membershipInvariants } from 'rollcall/simulator';
import type { Fault } from 'rollcall/simulator';
import { calmRefutations } from './calm-refutations.ts';

export const cutOffTwice = defineScenario({
  name: 'cut-off-twice',
  summary: 'one of ten nodes loses the network twice',
  mustStrike: ['partition'],
  stage({ random }) {
    const program = memberProgram({ settings: 'fast' });
    const hosts = Array.from({ length: 10 }, (_, i) => ({ name: `n${i}`, program, seed: i === 0 }));
    const victim = random.fork('victim').pick(hosts).name;
    const others = hosts.map(({ name }) => name).filter((name) => name !== victim);
    const faults = [20, 60].map((second): Fault => ({
      id: `cut-at-${second}`,
      kind: 'partition',
      at: second * SECOND,
      groups: [[victim], others],
      for: 15 * SECOND,
    }));
    const invariants = [...membershipInvariants(presets.fast), calmRefutations];
    return { hosts, faults, duration: 300 * SECOND, invariants };
  },
});
