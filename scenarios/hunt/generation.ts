import { seededRandom } from '../../core/random.ts';
import { endOf } from '../builtin/schedule.ts';
import { edited, type Edit } from '../edit.ts';
import { materialise } from '../play.ts';
import type { Task } from '../player.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { MAX_SEED } from '../seeds.ts';
import { modeOf } from '../suite.ts';
import type { Corpus } from './corpus.ts';
import { vary, varySettings } from './variation.ts';

/** Runs whose results are taken in together: few enough to learn soon, many enough to keep all cores busy. */
export const GENERATION = 40;

/**
 * One run of so many is a variation. Where everything is drawn, as in `wild`, fresh seeds find planted bugs as soon as
 * variations do, or sooner: docs/debugging.md has the numbers.
 */
const VARIED_EVERY = 4;

/** How far beyond the seed's own schedule a variation may go. */
const MOST_STRETCH = 2;

export interface Game {
  /** What is hunted, in turn. */
  readonly scenarios: readonly Scenario[];
  readonly firstSeed: number;
  /** False plays fresh seeds alone. */
  readonly feedback?: boolean;
}

/**
 * Draws the runs of a hunt, a generation at a time: most are fresh seeds, the rest variations of what was remarkable in
 * the generations before.
 */
export class Drawing {
  readonly #game: Game;
  readonly #corpus: Corpus;
  #drawn = 0;
  #fresh = 0;

  constructor(game: Game, corpus: Corpus) {
    this.#game = game;
    this.#corpus = corpus;
  }

  next(count: number): Task[] {
    this.#corpus.weigh();
    return Array.from({ length: count }, () => {
      const index = this.#drawn++;
      const varied = this.#game.feedback !== false && index % VARIED_EVERY === VARIED_EVERY - 1;
      return (
        (varied ? variation(this.#game, this.#corpus, index) : undefined) ?? fresh(this.#game, index, this.#fresh++)
      );
    });
  }
}

/** The nth run that nothing else led to. */
export function fresh({ scenarios, firstSeed }: Game, index: number, nth: number): Task {
  const { name, fixed } = scenarios[nth % scenarios.length] as Scenario;
  const seed = fixed?.seed ?? (firstSeed + Math.floor(nth / scenarios.length)) % (MAX_SEED + 1);
  return { index, scenario: name, seed, mode: fixed?.mode ?? modeOf(seed), shape: true };
}

/** Drawn from the hunt's first seed and the run's index alone, so that it does not matter who asks, and when. */
function variation(game: Game, corpus: Corpus, index: number): Task | undefined {
  const random = seededRandom(`hunt/${game.firstSeed}/${index}`);
  const parent = corpus.parent(random.fork('parent'));
  const scenario = game.scenarios.find(({ name }) => name === parent?.scenario);
  if (parent === undefined || scenario === undefined) return undefined;
  const { seed } = parent;
  const other = materialise(scenario, scenario.fixed?.seed ?? random.fork('other').int(MAX_SEED));
  const before = stageOf(scenario, seed, parent.edit ?? {});
  const settings = varySettings(random.fork('settings'), before, other);
  const stage =
    settings === before.settings ? before : rebuilt(scenario, seed, { ...parent.edit, settings: settings ?? {} });
  const most = Math.max(1, endOf(materialise(scenario, seed).faults)) * MOST_STRETCH;
  const edit = vary(random.fork('changes'), stage, other, most);
  return { index, scenario: scenario.name, seed, mode: modeOf(index), edit, shape: true };
}

function stageOf(scenario: Scenario, seed: number, edit: Edit): Stage {
  return materialise(edited(scenario, seed, edit), seed);
}

/** With other settings: how much calm is needed follows from them, so that an earlier edit's duration is void. */
function rebuilt(scenario: Scenario, seed: number, { settings, faults }: Edit): Stage {
  const stage = stageOf(scenario, seed, settings === undefined ? {} : { settings });
  if (faults === undefined) return stage;
  const longer = Math.max(0, endOf(faults) - endOf(stage.faults));
  return { ...stage, faults, duration: stage.duration + longer };
}
