import { presets } from '../../core/membership/settings.ts';
import { seededRandom } from '../../core/random.ts';
import { State } from '../../core/wire/messages.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { formedWorld, memberName } from '../experiments/formed-world.ts';
import { judge } from './judge.ts';
import type { PaperRow } from './result.ts';
import { estimateMean } from './statistics.ts';
import { eachSeed, type Seeds, sharesOf } from '../experiments/seeds.ts';
import type { Study } from './study.ts';
import { DETECTION_LIMIT, detectionAtRandom, detectionInTurn, suspicionInTurn } from './swim-formulas.ts';

/** Seeds by size: small groups are cheap. */
const SEEDS: Readonly<Record<number, number>> = { 8: 1_200, 16: 800, 32: 400, 56: 300 };
const SIZES = Object.keys(SEEDS).map(Number);
const PERIOD = presets.swim.probeIntervalMs * 1_000;
const SETTLED = 4;

export interface Detection {
  /** Rounds up to the first in which a member picks the dead one, as if all rounds began together. */
  readonly rounds: number;
  /** From the crash to the first suspicion, in periods. */
  readonly suspicion: number;
}

interface Argument {
  readonly size: number;
  readonly seeds: Seeds;
}

/** Crashes one member between two rounds, and sees when the others notice. */
export function detectCrash(size: number, seed: number): Detection {
  const name = `swim detection ${size} ${seed}`;
  // Any place between two shuffles is as good as any other.
  const crash = (SETTLED + seededRandom(name).int(size - 1)) * PERIOD;
  const victim = memberName(0);
  const turns = new Map<string, number>();
  let rounds = Infinity;
  let suspected = Infinity;
  const world = formedWorld({
    seed: name,
    size,
    settings: presets.swim,
    duration: crash + 2 * size * PERIOD,
    faults: [{ id: 'crash', at: crash, kind: 'crash', hosts: [victim] }],
    onEvent(host, event, now) {
      if (now <= crash) return;
      if (event.type === 'probe') {
        const turn = (turns.get(host.name) ?? 0) + 1;
        turns.set(host.name, turn);
        if (event.subject === victim) rounds = Math.min(rounds, turn);
      } else if (event.type === 'transition' && event.subject === victim && event.to === State.suspect) {
        suspected = Math.min(suspected, now);
      }
    },
  });
  for (let at = crash; rounds === Infinity || suspected === Infinity; at += PERIOD) world.runUntil(at);
  return { rounds, suspicion: (suspected - crash) / PERIOD };
}

export const swimDetection: Experiment<Argument, Detection[]> = {
  name: 'papers/swim-detection',
  measure: ({ size, seeds }) => eachSeed(seeds, (seed) => detectCrash(size, seed)),
};

export const swimDetectionStudy: Study<Argument, Detection[]> = {
  paper: 'swim',
  calls: (mode) =>
    SIZES.toReversed().flatMap((size) =>
      sharesOf(SEEDS[size]! * (mode === 'full' ? 10 : 1), 100).map((seeds) => ({
        experiment: swimDetection,
        argument: { size, seeds },
      })),
    ),
  tables(measurements) {
    const ofSize = (size: number) =>
      measurements.filter(({ argument }) => argument.size === size).flatMap(({ measured }) => measured);
    return [
      {
        id: 'swim-detection',
        paper: 'swim',
        title: 'SWIM: first detection of a crash (section 3, figure 3a)',
        note:
          'One of n members crashes between two rounds. Rounds count up to the one in which a first member picks the ' +
          'dead one; wall time runs from the crash to the first suspicion, which comes a whole period after that ping. ' +
          'Samples are seeds.',
        rows: SIZES.flatMap((size) => rowsOf(size, ofSize(size))),
      },
    ];
  },
};

function rowsOf(size: number, detections: readonly Detection[]): PaperRow[] {
  const place = { label: `n = ${size}`, x: size };
  const rounds = estimateMean(detections.map((one) => one.rounds));
  const wall = estimateMean(detections.map(({ suspicion }) => suspicion));
  const exact = { because: 'an exact expectation' };
  const slack = {
    relative: 0.05,
    because: 'a shuffled round never picks the same twice, which detects a little sooner',
  };
  const finite = {
    relative: 1 / size,
    because: "the paper's limit for large groups: n members stay below it by less than 1/n",
  };
  return [
    judge({ ...place, group: 'rounds: e/(e-1)', unit: 'rounds' }, DETECTION_LIMIT, rounds, finite),
    judge({ ...place, group: 'rounds: picks at random', unit: 'rounds' }, detectionAtRandom(size), rounds, slack),
    judge({ ...place, group: 'rounds: picks in turn', unit: 'rounds' }, detectionInTurn(size), rounds, exact),
    judge({ ...place, group: 'wall time: picks in turn', unit: 'periods' }, suspicionInTurn(size), wall, exact),
  ];
}
