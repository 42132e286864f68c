import type { Random } from '../../core/ports/random.ts';
import { seededRandom } from '../../core/random.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { judge } from './judge.ts';
import { estimateChance, scaled } from './statistics.ts';
import { type Seeds, sharesOf } from '../experiments/seeds.ts';
import type { Study } from './study.ts';

/** Observers of each member; each of them alerts all once when its subject fails. */
const K = 10;
const RECEIVERS = 1_000;

/** Conflicts in percent (figure 11): per H and L, for these numbers of failures. */
const FAILURES = [2, 4, 8, 16];
const HIGHS = [6, 7, 8, 9];
const FIGURE_11: Readonly<Record<number, readonly (readonly number[])[]>> = {
  1: [
    [1.04, 0.15],
    [0.3, 0.01],
    [0.04, 0],
    [0.01, 0],
  ],
  2: [
    [5.77, 1.74, 0.32],
    [2.06, 0.22, 0.04],
    [0.59, 0.05, 0],
    [0.12, 0.01, 0],
  ],
  3: [
    [16.5, 10.9, 3.8, 1.5],
    [6.8, 2.5, 0.54, 0.17],
    [2.22, 0.34, 0.03, 0.01],
    [0.53, 0.03, 0, 0],
  ],
  4: [
    [36.7, 36.9, 23.8, 12.6],
    [18.3, 11.8, 4.3, 1.6],
    [6.8, 2.3, 0.47, 0.07],
    [1.99, 0.24, 0.03, 0],
  ],
};
const LOWS = Object.keys(FIGURE_11).map(Number);

interface Argument {
  readonly failures: number;
  readonly seeds: Seeds;
}

/** Receivers whose first proposal left out a failed member, by `low` and `high`. */
type Conflicts = Readonly<Record<string, number>>;

function cellName(low: number, high: number): string {
  return `${low} ${high}`;
}

/**
 * One receiver hears all alerts in random order, and proposes to remove all that at least `high` observers reported, as
 * soon as nobody has from `low` to `high` - 1 reports (section 4.2). True when that proposal is not all that failed.
 */
export function proposesTooEarly(subjects: readonly number[], failures: number, low: number, high: number): boolean {
  const reports = new Uint8Array(failures);
  let certain = 0;
  let unsettled = 0;
  for (const subject of subjects) {
    reports[subject]! += 1;
    if (reports[subject] === low) unsettled += 1;
    if (reports[subject] === high) {
      unsettled -= 1;
      certain += 1;
    }
    if (certain > 0 && unsettled === 0) return certain < failures;
  }
  return false;
}

function conflictsOf(failures: number, random: Random): Record<string, number> {
  const alerts = Array.from({ length: failures * K }, (_, index) => index % failures);
  const conflicts: Record<string, number> = {};
  for (let receiver = 0; receiver < RECEIVERS; receiver += 1) {
    random.shuffle(alerts);
    for (const low of LOWS) {
      for (const high of HIGHS) {
        const cell = cellName(low, high);
        conflicts[cell] = (conflicts[cell] ?? 0) + Number(proposesTooEarly(alerts, failures, low, high));
      }
    }
  }
  return conflicts;
}

export const rapidCut: Experiment<Argument, Conflicts[]> = {
  name: 'papers/rapid-cut',
  measure: ({ failures, seeds: { first, count } }) =>
    Array.from({ length: count }, (_, index) =>
      conflictsOf(failures, seededRandom(`rapid cut ${failures} ${first + index}`)),
    ),
};

export const rapidCutStudy: Study<Argument, Conflicts[]> = {
  paper: 'rapid',
  calls: (mode) =>
    FAILURES.toReversed().flatMap((failures) =>
      sharesOf(mode === 'full' ? 1_000 : 60, 20).map((seeds) => ({
        experiment: rapidCut,
        argument: { failures, seeds },
      })),
    ),
  tables: (measurements) => [
    {
      id: 'rapid-conflicts',
      paper: 'rapid',
      title: 'Rapid: conflicting proposals, in percent (figure 11)',
      note:
        `F members fail at once, ${K} observers alert of each, and ${RECEIVERS} receivers hear the alerts in random ` +
        'orders of their own. A receiver proposes once somebody has at least H reports and nobody has L to H - 1; a ' +
        "proposal that is not all F is a conflict. A check of this simulator's draws. Samples are receivers.",
      rows: LOWS.flatMap((low) =>
        HIGHS.flatMap((high, place) =>
          FIGURE_11[low]![place]!.map((paper, index) => {
            const failures = FAILURES[index]!;
            const runs = measurements
              .filter(({ argument }) => argument.failures === failures)
              .flatMap(({ measured }) => measured);
            const conflicts = runs.reduce((total, run) => total + run[cellName(low, high)]!, 0);
            const chance = estimateChance(conflicts, runs.length * RECEIVERS);
            return judge(
              { group: `L = ${low}, H = ${high}`, label: `F = ${failures}`, x: failures, unit: '%' },
              paper,
              scaled(chance, 100),
              {
                absolute: errorOfFigure(chance.value),
                because: `what 20 runs of ${RECEIVERS} receivers leave open, and half a percent of reading the figure`,
              },
            );
          }),
        ),
      ),
    },
  ],
};

/** In percent: the paper's own sampling error at the same confidence as ours, and how exactly its figure can be read. */
function errorOfFigure(chance: number): number {
  const trials = 20 * RECEIVERS;
  const { low, high } = estimateChance(Math.round(chance * trials), trials);
  return 100 * Math.max(chance - low, high - chance) + 0.5 * chance;
}
