import { builtinScenarios } from '../../../scenarios/builtin/index.ts';
import { materialise, playRun } from '../../../scenarios/play.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { modeOf } from '../../../scenarios/suite.ts';
import { servePlays } from './player.ts';
import type { Play } from './suite.ts';

// Tokens of mutated code are never printed.
const CODE = { version: '0.0.0', digest: 'mutant' };

function playOf(scenario: Scenario): Play {
  const { hosts, duration } = materialise(scenario, 1);
  return {
    name: scenario.name,
    cost: hosts.length * duration,
    async run(seed) {
      const { violation } = await playRun(scenario, seed, { mode: modeOf(seed), code: CODE });
      return violation?.invariant;
    },
  };
}

await servePlays(builtinScenarios.map(playOf));
