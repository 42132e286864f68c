import { builtinScenarios } from '../../../scenarios/builtin/index.ts';
import { edited } from '../../../scenarios/edit.ts';
import { materialise, playRun } from '../../../scenarios/play.ts';
import { inlinePlayer } from '../../../scenarios/player.ts';
import type { RunResult } from '../../../scenarios/result.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { shrink } from '../../../scenarios/shrink/shrink.ts';
import { shrinkTargetOf } from '../../../scenarios/shrink/target.ts';
import { modeOf } from '../../../scenarios/suite.ts';
import { missed, summarise } from '../../../scenarios/summary.ts';
import { servePlays } from './player.ts';
import type { Play } from './suite.ts';

// Tokens of mutated code are never printed.
const CODE = { version: '0.0.0', digest: 'mutant' };

/** From so many seeds on, a suite is judged as a whole, as the runner does it. */
const SEEDS_TO_JUDGE = 10;

function playOf(scenario: Scenario): Play {
  const { hosts, duration } = materialise(scenario, 1);
  const runs = new Map<number, RunResult>();
  return {
    name: scenario.name,
    cost: hosts.length * duration,
    async run(seed, edit) {
      const played = edit === undefined ? scenario : edited(scenario, seed, edit);
      const result = await playRun(played, seed, { mode: modeOf(seed), code: CODE });
      if (result.violation !== null) return { rule: result.violation.invariant };
      runs.set(seed, result);
      const rule = runs.size < SEEDS_TO_JUDGE ? undefined : brokenTogether(scenario, [...runs.values()]);
      return rule === undefined ? undefined : { rule, together: true };
    },
    async shrink(seed, onPlayed) {
      const mode = modeOf(seed);
      const { violation } = await playRun(scenario, seed, { mode, code: CODE });
      const { target } = await shrinkTargetOf({ scenario, seed, mode, failure: violation! }, []);
      const player = inlinePlayer(() => scenario, CODE);
      return shrink(target, { player, code: CODE, onProgress: onPlayed });
    },
  };
}

/** What the runs of a suite show only together: a bound that does not hold, a point that no run reached. */
function brokenTogether(scenario: Scenario, runs: readonly RunResult[]): string | undefined {
  const { bounds, sometimes } = summarise(scenario, runs, 0);
  const bound = bounds.find(({ holds }) => !holds);
  if (bound !== undefined) return `bound on ${bound.metric} ${bound.quantile}`;
  const point = sometimes.find(missed);
  return point === undefined ? undefined : `sometimes ${point.point}`;
}

await servePlays(builtinScenarios.map(playOf));
