import { presets } from '../../core/membership/settings.ts';
import { State } from '../../core/wire/messages.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { formedWorld } from '../experiments/formed-world.ts';
import { judgeAtMost } from './judge.ts';
import { largestOf } from './statistics.ts';
import { eachSeed, type Seeds, sharesOf } from '../experiments/seeds.ts';
import type { Study } from './study.ts';

const PERIOD = presets.swim.probeIntervalMs * 1_000;
const SIZES = [3, 5, 8, 16, 28];
const PASSES = 8;

interface Argument {
  readonly size: number;
  readonly seeds: Seeds;
}

/** The most periods between two picks of one target that a member lists all along, while every tenth datagram is lost. */
export function longestGap(size: number, seed: number): number {
  const duration = PASSES * (size - 1) * PERIOD;
  const turns = new Map<string, number>();
  const pickedAt = new Map<string, number>();
  let longest = 0;
  const world = formedWorld({
    seed: `swim picks ${size} ${seed}`,
    size,
    settings: presets.swim,
    duration,
    faults: [{ id: 'loss', at: 0, for: duration, kind: 'link', loss: [1, 10] }],
    onEvent(host, event) {
      // Loss makes some look dead for a while: whoever is not listed is not picked.
      if (event.type === 'transition' && event.to !== State.alive && event.to !== State.suspect) {
        pickedAt.delete(`${host.name}>${event.subject}`);
      }
      if (event.type !== 'probe') return;
      const turn = (turns.get(host.name) ?? 0) + 1;
      turns.set(host.name, turn);
      const pair = `${host.name}>${event.subject}`;
      longest = Math.max(longest, turn - (pickedAt.get(pair) ?? turn));
      pickedAt.set(pair, turn);
    },
  });
  world.run();
  return longest;
}

export const swimPicks: Experiment<Argument, number[]> = {
  name: 'papers/swim-picks',
  measure: ({ size, seeds }) => eachSeed(seeds, (seed) => longestGap(size, seed)),
};

export const swimPicksStudy: Study<Argument, number[]> = {
  paper: 'swim',
  calls: (mode) =>
    SIZES.toReversed().flatMap((size) =>
      sharesOf(mode === 'full' ? 200 : 20, 10).map((seeds) => ({ experiment: swimPicks, argument: { size, seeds } })),
    ),
  tables: (measurements) => [
    {
      id: 'swim-picks',
      paper: 'swim',
      title: 'SWIM: strong completeness (section 4.3)',
      note:
        'Two picks of one target by one member lie at most 2n - 1 periods apart, n being the members that it lists. ' +
        `The longest gap of all pairs over ${PASSES} passes under 10 % loss, of all seeds. Samples are seeds.`,
      rows: SIZES.map((size) => {
        const gaps = measurements.filter(({ argument }) => argument.size === size).flatMap(({ measured }) => measured);
        return judgeAtMost(
          { label: `${size} members`, x: size, unit: 'periods' },
          2 * (size - 1) - 1,
          largestOf(gaps),
          'a bound that every single gap has to keep',
        );
      }),
    },
  ],
};
