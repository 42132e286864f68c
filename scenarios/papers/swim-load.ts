import { presets } from '../../core/membership/settings.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { formedWorld, membersOf } from '../experiments/formed-world.ts';
import { judge, show } from './judge.ts';
import type { PaperRow } from './result.ts';
import { deviationOf, estimateChance, estimateMean, meanOf } from './statistics.ts';
import { eachSeed, type Seeds, sharesOf } from '../experiments/seeds.ts';
import type { Study } from './study.ts';

const PERIOD = presets.swim.probeIntervalMs * 1_000;
const SETTLED = 10;
/** The paper's readings span as many. */
const READ = 40;

/** Mean messages per member and period (figure 2). */
const FIGURE_2 = [
  { size: 5, sent: 2.08, received: 2.08 },
  { size: 13, sent: 2.11, received: 2.15 },
  { size: 21, sent: 2.1, received: 2.12 },
  { size: 28, sent: 2.0, received: 2.0 },
  { size: 36, sent: 2.02, received: 2.02 },
  { size: 44, sent: 1.98, received: 2.0 },
  { size: 51, sent: 2.13, received: 2.14 },
  { size: 55, sent: 1.98, received: 1.98 },
] as const;

/** Half the length of the two bars of figure 2 that can be read. */
const BARS: Readonly<Record<number, number>> = { 28: 0.78, 51: 1.2 };
const SEVEN_IN_A_HUNDRED =
  "the testbed's direct time-out was the mean round trip, so that late acks cost it indirect probes; without them every member sends one ping and on average one ack";

export interface Load {
  readonly sent: number;
  readonly received: number;
  /** The standard deviation of what single members send in single periods. */
  readonly spread: number;
  /** Readings of fewer than 5 messages sent, and all readings. */
  readonly few: number;
  readonly readings: number;
}

interface Argument {
  readonly size: number;
  readonly seeds: Seeds;
}

/** What members of a group without failures send and receive per period. */
export function readLoad(size: number, seed: number): Load {
  const duration = (SETTLED + READ) * PERIOD;
  const world = formedWorld({ seed: `swim load ${size} ${seed}`, size, settings: presets.swim, duration });
  const read = () => membersOf(world).map(({ counters }) => [counters.packetsSent, counters.packetsReceived] as const);
  world.runUntil(SETTLED * PERIOD);
  const sent: number[] = [];
  const received: number[] = [];
  let before = read();
  for (let period = 1; period <= READ; period += 1) {
    world.runUntil((SETTLED + period) * PERIOD);
    const now = read();
    for (const [index, [out, into]] of now.entries()) {
      sent.push(out - before[index]![0]);
      received.push(into - before[index]![1]);
    }
    before = now;
  }
  return {
    sent: meanOf(sent),
    received: meanOf(received),
    spread: deviationOf(sent),
    few: sent.filter((messages) => messages < 5).length,
    readings: sent.length,
  };
}

export const swimLoad: Experiment<Argument, Load[]> = {
  name: 'papers/swim-load',
  measure: ({ size, seeds }) => eachSeed(seeds, (seed) => readLoad(size, seed)),
};

export const swimLoadStudy: Study<Argument, Load[]> = {
  paper: 'swim',
  calls: (mode) =>
    FIGURE_2.toReversed().flatMap(({ size }) =>
      sharesOf(mode === 'full' ? 100 : 10, 10).map((seeds) => ({ experiment: swimLoad, argument: { size, seeds } })),
    ),
  tables: (measurements) => [
    {
      id: 'swim-load',
      paper: 'swim',
      title: 'SWIM: messages per member and period (figure 2)',
      note: `A group without failures and losses, read over ${READ} periods as in the paper. Samples are seeds; those of the last row are readings, one per member and period.`,
      rows: FIGURE_2.flatMap((published) => {
        const ofSize = measurements.filter(({ argument }) => argument.size === published.size);
        return rowsOf(
          published,
          ofSize.flatMap(({ measured }) => measured),
        );
      }),
    },
  ],
};

function rowsOf({ size, sent, received }: (typeof FIGURE_2)[number], loads: readonly Load[]): PaperRow[] {
  const place = { label: `n = ${size}`, x: size, unit: 'messages' };
  const near = { relative: 0.07, because: SEVEN_IN_A_HUNDRED };
  const ours = estimateMean(loads.map((load) => load.sent));
  const spread = estimateMean(loads.map((load) => load.spread));
  const sum = (of: (load: Load) => number) => loads.reduce((total, load) => total + of(load), 0);
  const readings = sum((load) => load.readings);
  return [
    judge({ ...place, group: 'one ping, one ack' }, 2, ours, {
      absolute: 0.01,
      because: 'exact but for acks under way when a reading begins or ends',
    }),
    judge({ ...place, group: 'sent' }, sent, ours, near),
    judge({ ...place, group: 'received' }, received, estimateMean(loads.map((load) => load.received)), near),
    BARS[size] === undefined
      ? show({ ...place, group: 'standard deviation' }, null, spread, 'the bar cannot be read')
      : judge({ ...place, group: 'standard deviation' }, BARS[size], spread, {
          relative: 0.3,
          because: 'the bars of single groups of the paper differ by as much',
        }),
    ...(size === 28
      ? [
          judge(
            { group: 'share of readings below 5 sent', label: 'n = 28', x: 28 },
            0.99,
            estimateChance(
              sum((load) => load.few),
              readings,
            ),
            {
              absolute: 0.01,
              because: 'the text says 0.99; one ping and acks for Bin(27, 1/27) pings make 0.983',
            },
          ),
        ]
      : []),
  ];
}
