import { builtinScenarios } from '../builtin/index.ts';
import { defineScenario, looksLikeScenario } from '../define.ts';
import type { Edit } from '../edit.ts';
import { edited } from '../edit.ts';
import { InvalidScenario, UnknownScenario } from '../errors.ts';
import type { Mode } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { isSeed } from '../seeds.ts';

/** One run that failed once, written down: what a regression file holds. */
export interface RegressionSpec {
  readonly name: string;
  /** One line for `rollcall list`: what went wrong. */
  readonly summary: string;
  /** The scenario that it is a run of. */
  readonly of: string;
  /** The module that exports this scenario, unless it is built in: `import * as own from './scenarios.js'`. */
  readonly from?: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** How its messages travel, unless it is the seed's own mode. */
  readonly mode?: Mode;
  /** The whole schedule, and whatever else differs from the scenario as it draws itself. */
  readonly edit: Edit;
  /**
   * Expectations of the scenario that the run must meet. Usually none: what is demanded of a whole bad day says little
   * about the part of it that is left.
   */
  readonly expectations?: readonly string[];
  /** Kinds of faults that must strike. Usually none, for the same reason. */
  readonly mustStrike?: Scenario['mustStrike'];
}

/**
 * That run as a scenario: it is played once, whatever seeds are asked for, and held against the scenario's invariants
 * alone. It passes as soon as the bug is mended.
 */
export function regression(spec: RegressionSpec): Scenario {
  const { name, summary, of, from, seed, mode, edit, expectations = [], mustStrike } = spec;
  if (!isSeed(seed)) throw new InvalidScenario(name, `seed is ${seed}. Give the seed of the run that failed.`);
  const base = from === undefined ? builtin(of) : exported(name, from, of);
  const { fixed, stage } = edited(base, seed, edit);
  return defineScenario({
    name,
    summary,
    fixed: { ...fixed!, ...(mode === undefined ? {} : { mode }) },
    ...(mustStrike === undefined ? {} : { mustStrike }),
    stage(context) {
      const built = stage(context);
      const known = (built.expectations ?? []).map(({ id }) => id);
      const unknown = expectations.find((id) => !known.includes(id));
      if (unknown !== undefined) throw new InvalidScenario(name, `"${of}" has no expectation "${unknown}".`);
      return { ...built, expectations: (built.expectations ?? []).filter(({ id }) => expectations.includes(id)) };
    },
  });
}

function builtin(of: string): Scenario {
  const base = builtinScenarios.find(({ name }) => name === of);
  if (base !== undefined) return base;
  const known = builtinScenarios.map(({ name }) => name);
  throw new UnknownScenario(of, known);
}

function exported(name: string, from: Readonly<Record<string, unknown>>, of: string): Scenario {
  const scenarios = Object.values(from).flat().filter(looksLikeScenario);
  const base = scenarios.find((scenario) => scenario.name === of);
  if (base !== undefined) return defineScenario(base);
  const known = scenarios.map((scenario) => scenario.name).join(', ') || 'none';
  throw new InvalidScenario(name, `the module that it comes from exports no scenario "${of}", only ${known}.`);
}
