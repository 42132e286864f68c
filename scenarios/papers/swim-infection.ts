import { presets } from '../../core/membership/settings.ts';
import { State } from '../../core/wire/messages.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { formedWorld, memberName } from '../experiments/formed-world.ts';
import { judge, judgeAtMost, show } from './judge.ts';
import { estimateMean, medianOf, rangeOf } from './statistics.ts';
import { eachSeed, type Seeds, sharesOf } from '../experiments/seeds.ts';
import type { Study } from './study.ts';
import { infectionOfAll, medianInfection } from './swim-formulas.ts';

const PERIOD = presets.swim.probeIntervalMs * 1_000;
/** Time enough for a detection, and twice the time for which news is told in the largest group. */
const WATCHED = 40 * PERIOD;

/** Periods from the first member that knows of a failure to the median and to the last one (figure 3b, one run each). */
const FIGURE_3B = [
  { size: 6, median: 1.03, last: 2.55 },
  { size: 13, median: 1.27, last: 2.5 },
  { size: 20, median: 3.02, last: 4.98 },
  { size: 28, median: 3.03, last: 5.53 },
  { size: 35, median: 1.97, last: 3.47 },
  { size: 43, median: 2.49, last: 5.49 },
  { size: 52, median: 1.51, last: 4.26 },
  { size: 56, median: 2.26, last: 3.55 },
] as const;

interface Infection {
  readonly median: number;
  readonly last: number;
}

/**
 * Acks carry news only to members that have answered a ping themselves. By the time of the crash everybody has, or, in a
 * group that has just been formed, hardly anybody.
 */
const GROUPS = { acquainted: (size: number) => size + 1, 'just formed': () => 2 };
type Group = keyof typeof GROUPS;

interface Argument {
  readonly group: Group;
  readonly size: number;
  readonly seeds: Seeds;
}

/** Crashes one member, and sees when each other one first hears of it. */
export function spreadOfFailure(group: Group, size: number, seed: number): Infection {
  const victim = memberName(0);
  const crash = GROUPS[group](size) * PERIOD;
  const end = crash + WATCHED;
  const heardAt = new Map<string, number>();
  const world = formedWorld({
    seed: `swim infection ${size} ${seed}`,
    size,
    settings: presets.swim,
    duration: end,
    faults: [{ id: 'crash', at: crash, kind: 'crash', hosts: [victim] }],
    onEvent(host, event, now) {
      if (event.type !== 'transition' || event.subject !== victim || event.to === State.alive) return;
      if (!heardAt.has(host.name)) heardAt.set(host.name, now);
    },
  });
  for (let at = crash; heardAt.size < size - 1 && at < end; at += PERIOD) world.runUntil(at);
  const [first = 0, ...others] = [...heardAt.values()].map((at) => at / PERIOD);
  const latencies = others.map((at) => at - first);
  // Who never hears makes the run as slow as the longest wait.
  while (latencies.length < size - 2) latencies.push(end / PERIOD - first);
  return { median: medianOf(latencies), last: Math.max(...latencies) };
}

export const swimInfection: Experiment<Argument, Infection[]> = {
  name: 'papers/swim-infection',
  measure: ({ group, size, seeds }) => eachSeed(seeds, (seed) => spreadOfFailure(group, size, seed)),
};

export const swimInfectionStudy: Study<Argument, Infection[]> = {
  paper: 'swim',
  calls: (mode) =>
    FIGURE_3B.toReversed().flatMap(({ size }) =>
      (Object.keys(GROUPS) as Group[]).flatMap((group) =>
        sharesOf(mode === 'full' ? 1_000 : 60, 30).map((seeds) => ({
          experiment: swimInfection,
          argument: { group, size, seeds },
        })),
      ),
    ),
  tables: (measurements) => [
    {
      id: 'swim-infection',
      paper: 'swim',
      title: 'SWIM: infection latency (figure 3b)',
      note:
        'One member crashes; time runs from the first member that suspects it to the median and to the last of those ' +
        'who hear. Beside the one run that the paper shows per size, ours are means over seeds with the lowest and the ' +
        'highest run, in groups whose members have all probed one another and in groups just formed, where few acks ' +
        'carry news. Beside its epidemic model (section 4.1), in which every member makes two contacts per period, are ' +
        'the groups of the first kind.',
      rows: (['median', 'last'] as const).flatMap((which) =>
        FIGURE_3B.flatMap((published) => {
          const { size } = published;
          const runsIn = (group: Group) =>
            measurements
              .filter(({ argument }) => argument.group === group && argument.size === size)
              .flatMap(({ measured }) => measured.map((run) => run[which]));
          const place = { label: `n = ${size}`, x: size, unit: 'periods' };
          const seen = (Object.keys(GROUPS) as Group[]).map((group) =>
            show(
              { ...place, group: `${which}, ${group}` },
              published[which],
              rangeOf(runsIn(group)),
              'one run of a testbed per size',
            ),
          );
          const runs = runsIn('acquainted');
          const law =
            which === 'median'
              ? judge({ ...place, group: 'median: logistic' }, medianInfection(size), estimateMean(runs), {
                  absolute: 0.4,
                  because:
                    'the first to know pings at once and others find out by themselves, which the model leaves out',
                })
              : judgeAtMost(
                  { ...place, group: 'last: 3 ln n' },
                  infectionOfAll(size),
                  rangeOf(runs),
                  'holds for every run',
                );
          return [...seen, law];
        }),
      ),
    },
  ],
};
