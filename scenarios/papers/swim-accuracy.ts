import { presets, settingsOf } from '../../core/membership/settings.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { formedWorld, membersOf } from '../experiments/formed-world.ts';
import { judge } from './judge.ts';
import { estimateChance, scaled } from './statistics.ts';
import { type Seeds, sharesOf } from '../experiments/seeds.ts';
import type { Study } from './study.ts';
import { DETECTION_LIMIT, falseDetection } from './swim-formulas.ts';

const PERIOD = presets.swim.probeIntervalMs * 1_000;
const SIZE = 32;
const PERIODS = 250;
const LOSSES = [1, 5, 10, 20];
const RELAYS = [1, 3];

interface Argument {
  readonly lossPercent: number;
  readonly relays: number;
  readonly seeds: Seeds;
}

interface Probes {
  readonly begun: number;
  readonly failed: number;
}

/** How many probes of live members fail while every datagram is lost with the same chance. */
export function probeUnderLoss(lossPercent: number, relays: number, seed: number, periods = PERIODS): Probes {
  const world = formedWorld({
    seed: `swim accuracy ${lossPercent} ${relays} ${seed}`,
    size: SIZE,
    // Each failed probe would declare; here it suspects, for longer than anybody plays, so that all stay to be probed.
    settings: settingsOf('swim', { indirectChecks: relays, suspicionMultiplier: 1_000 }),
    duration: (periods + 2) * PERIOD,
    faults: [{ id: 'loss', at: 0, for: (periods + 2) * PERIOD, kind: 'link', loss: [lossPercent, 100] }],
  });
  const read = () => {
    const all = membersOf(world).map(({ counters }) => counters);
    const sum = (of: (counters: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0);
    return { begun: sum(({ probes }) => probes), failed: sum(({ probesFailed }) => probesFailed) };
  };
  world.runUntil(PERIOD);
  const before = read();
  world.runUntil((periods + 1) * PERIOD);
  const after = read();
  return { begun: after.begun - before.begun, failed: after.failed - before.failed };
}

export const swimAccuracy: Experiment<Argument, Probes> = {
  name: 'papers/swim-accuracy',
  measure({ lossPercent, relays, seeds: { first, count } }) {
    let [begun, failed] = [0, 0];
    for (let seed = first; seed < first + count; seed += 1) {
      const probes = probeUnderLoss(lossPercent, relays, seed);
      begun += probes.begun;
      failed += probes.failed;
    }
    return { begun, failed };
  },
};

export const swimAccuracyStudy: Study<Argument, Probes> = {
  paper: 'swim',
  calls: (mode) =>
    RELAYS.flatMap((relays) =>
      LOSSES.flatMap((lossPercent) =>
        sharesOf(mode === 'full' ? 200 : 12, 4).map((seeds) => ({
          experiment: swimAccuracy,
          argument: { lossPercent, relays, seeds },
        })),
      ),
    ),
  tables: (measurements) => [
    {
      id: 'swim-accuracy',
      paper: 'swim',
      title: 'SWIM: false detections of a member under loss, without suspicion (section 3)',
      note:
        `${SIZE} live members. The closed form (1 - q^2)(1 - q^4)^k e/(e-1), q being the chance that a datagram ` +
        'arrives, counts the false detections of one member in the e/(e-1) periods that detecting a crash takes; ours ' +
        'are the probes that failed per member and period, times that. Samples are probes.',
      rows: RELAYS.flatMap((relays) =>
        LOSSES.map((lossPercent) => {
          const cell = measurements.filter(
            ({ argument }) => argument.relays === relays && argument.lossPercent === lossPercent,
          );
          const sum = (of: (probes: Probes) => number) => cell.reduce((total, { measured }) => total + of(measured), 0);
          const begun = sum((probes) => probes.begun);
          const paper = falseDetection(1 - lossPercent / 100, relays);
          const expected = (paper / DETECTION_LIMIT) * begun;
          return judge(
            { group: `k = ${relays}`, label: `${lossPercent} % lost`, x: lossPercent },
            paper,
            scaled(
              estimateChance(
                sum(({ failed }) => failed),
                begun,
              ),
              DETECTION_LIMIT,
            ),
            { because: expected < 10 ? 'exact, but too rare here: hardly a probe is expected to fail' : 'exact' },
          );
        }),
      ),
    },
  ],
};
