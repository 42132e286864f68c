import { presets } from '../../core/membership/settings.ts';
import { State } from '../../core/wire/messages.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { formedWorld, memberName } from '../experiments/formed-world.ts';
import { judge } from './judge.ts';
import { rangeOf } from './statistics.ts';
import { eachSeed, type Seeds, sharesOf } from '../experiments/seeds.ts';
import type { Study } from './study.ts';

const PERIOD = presets.swim.probeIntervalMs * 1_000;
const CRASH = 10 * PERIOD;

/** On both sides of each step of figure 3c, and the ends of its axis. */
const FIGURE_3C = [
  { size: 8, periods: 9 },
  { size: 19, periods: 9 },
  { size: 20, periods: 12 },
  { size: 53, periods: 12 },
  { size: 54, periods: 15 },
  { size: 56, periods: 15 },
] as const;

interface Argument {
  readonly size: number;
  readonly seeds: Seeds;
}

/** Periods from each suspicion of a crashed member until it runs out at the same member. */
export function suspicionsOfCrash(size: number, seed: number): number[] {
  const victim = memberName(0);
  const suspectedAt = new Map<string, number>();
  const lasted: number[] = [];
  const duration = CRASH + 40 * PERIOD;
  const world = formedWorld({
    seed: `swim suspicion ${size} ${seed}`,
    size,
    settings: presets.swim,
    duration,
    faults: [{ id: 'crash', at: CRASH, kind: 'crash', hosts: [victim] }],
    onEvent(host, event, now) {
      if (event.type !== 'transition' || event.subject !== victim) return;
      if (event.to === State.suspect) suspectedAt.set(host.name, now);
      // Who hears of a death before its own suspicion runs out measured nothing.
      if (event.to === State.dead && event.cause === 'suspicion') {
        lasted.push((now - suspectedAt.get(host.name)!) / PERIOD);
      }
    },
  });
  for (let at = CRASH; lasted.length === 0 && at < duration; at += PERIOD) world.runUntil(at);
  return lasted;
}

export const swimSuspicion: Experiment<Argument, number[]> = {
  name: 'papers/swim-suspicion',
  measure: ({ size, seeds }) => eachSeed(seeds, (seed) => suspicionsOfCrash(size, seed)).flat(),
};

export const swimSuspicionStudy: Study<Argument, number[]> = {
  paper: 'swim',
  calls: (mode) =>
    FIGURE_3C.toReversed().flatMap(({ size }) =>
      sharesOf(mode === 'full' ? 100 : 10, 10).map((seeds) => ({
        experiment: swimSuspicion,
        argument: { size, seeds },
      })),
    ),
  tables: (measurements) => [
    {
      id: 'swim-suspicion',
      paper: 'swim',
      title: 'SWIM: how long a suspicion lasts (figure 3c)',
      note:
        '3 * ceil(ln(n + 1)) periods: one member crashes, and every suspicion that runs out by itself is timed. ' +
        'Samples are suspicions; between the shortest and the longest.',
      rows: FIGURE_3C.map(({ size, periods }) => {
        const lasted = measurements
          .filter(({ argument }) => argument.size === size)
          .flatMap(({ measured }) => measured);
        return judge({ label: `n = ${size}`, x: size, unit: 'periods' }, periods, rangeOf(lasted), {
          because: 'exact',
        });
      }),
    },
  ],
};
