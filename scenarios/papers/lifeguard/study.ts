import { judge, show } from '../judge.ts';
import type { PaperRow, PapersMode, PaperTable } from '../result.ts';
import { type Estimate, scaled } from '../statistics.ts';
import type { Measurement, Study } from '../study.ts';
import {
  type CellCounts,
  type CellRun,
  CONFIGURATIONS,
  type Configuration,
  lifeguardCell,
  type Reading,
  READINGS,
} from './cell.ts';
import { allCells, BLOCK_MS, type Cell, sampledCells } from './grid.ts';
import { type JudgedReading, type Measure, PUBLISHED_RUNS, PUBLISHED_SHARES, PUBLISHED_SWIM } from './published.ts';
import { estimateRatio, type Pair } from './ratio.ts';

type Run = Measurement<CellRun, CellCounts>;

const SAMPLE = sampledCells('lifeguard');
const SHARE = '% of SWIM';
const ALL = Object.keys(CONFIGURATIONS) as Configuration[];
/** What the sample is played with, beside the formulas: of the last two, the absolute figures of SWIM say enough. */
const OTHERS = {
  agents: ALL,
  'busy agents': ALL,
  'sends queue': ['SWIM'],
  acquainted: ['SWIM'],
} satisfies Readonly<Record<Exclude<Reading, 'formula'>, readonly Configuration[]>>;

/** The interval experiments of the paper's section V, at alpha 5 and beta 6. */
export const lifeguardStudy: Study<CellRun, CellCounts> = {
  paper: 'lifeguard',
  calls(mode) {
    const others = Object.entries(OTHERS) as [Reading, readonly Configuration[]][];
    const runs =
      mode === 'sampled'
        ? runsOf(SAMPLE, 'formula', ALL)
        : [
            ...runsOf(allCells(), 'formula', ALL),
            ...others.flatMap(([reading, configurations]) => runsOf(SAMPLE, reading, configurations)),
          ];
    // Where many members are slow, a run takes longest.
    return runs.toSorted((a, b) => b.slow - a.slow).map((argument) => ({ experiment: lifeguardCell, argument }));
  },
  tables: (runs, mode) => [
    {
      id: 'lifeguard-false-positives',
      paper: 'lifeguard',
      title: 'Lifeguard: false positives, in percent of those of SWIM',
      note: `${setUp(mode)} FP are failure events about members that are never slow; FP- are those of them that happen at such members.`,
      rows: [...sharesOf(runs, 'formula', 'FP'), ...sharesOf(runs, 'formula', 'FP-')],
    },
    {
      id: 'lifeguard-load',
      paper: 'lifeguard',
      title: 'Lifeguard: load, in percent of that of SWIM',
      note: `${setUp(mode)} Messages are datagrams and what is sent on streams.`,
      rows: [...sharesOf(runs, 'formula', 'messages'), ...sharesOf(runs, 'formula', 'bytes')],
    },
    {
      id: 'lifeguard-by-block',
      paper: 'lifeguard',
      title: 'Lifeguard: what long blocks do',
      note: `${setUp(mode)} By D, for all I and C.`,
      rows: [
        ...byBlock(runs, 'FP per run of SWIM', '', (some) => perRunOfSwim(some, 'formula', COUNTS.FP)),
        ...shareByBlock(runs, 'formula', 'LHA-Probe', 'FP'),
        ...shareByBlock(runs, 'formula', 'LHA-Suspicion', 'messages'),
        ...shareByBlock(runs, 'formula', 'Lifeguard', 'messages'),
      ],
    },
    ...(mode === 'full' ? [agentsTable(runs)] : []),
    {
      id: 'lifeguard-testbed',
      paper: 'lifeguard',
      title: 'Lifeguard: how like the testbed of the paper ours is',
      note: `What the paper does not say of its testbed shows in the absolute figures, taken as sums of ${PUBLISHED_RUNS} runs: ten of each cell. Other readings than "formula" are played in full mode alone, on the cells of the sample; busy agents without compression, on which nothing but bytes depends.`,
      rows: (Object.keys(READINGS) as Reading[])
        .filter((reading) => runs.some(({ argument }) => argument.reading === reading))
        .flatMap((reading) => likenessOf(runs, reading)),
    },
  ],
};

function runsOf(cells: readonly Cell[], reading: Reading, configurations: readonly Configuration[]): CellRun[] {
  return cells.flatMap((cell) => configurations.map((configuration) => ({ ...cell, configuration, reading, seed: 1 })));
}

function setUp(mode: PapersMode): string {
  const [all, some] = [allCells().length, SAMPLE.length];
  return `${mode === 'full' ? `All ${all}` : `${some} of the ${all}`} interval experiments: C of 128 members are slow, blocked for D and free for I, again and again for 120 s. Samples are cells of this grid, the same for all configurations; intervals are from a bootstrap over them.`;
}

/** Something that a run counts, or 1 for the run itself. */
type Count = (counts: CellCounts) => number;

const COUNTS: Readonly<Record<Measure, Count>> = {
  FP: ({ falsePositives }) => falsePositives,
  'FP-': ({ atHealthy }) => atHealthy,
  messages: ({ messages }) => messages,
  bytes: ({ bytes }) => bytes,
};

function agentsTable(runs: readonly Run[]): PaperTable {
  return {
    id: 'lifeguard-agents',
    paper: 'lifeguard',
    title: 'Lifeguard: the same, when members are Consul agents, in percent of SWIM',
    note: `The ${SAMPLE.length} cells of the sample. Local health is that of memberlist's code, which is not the formula of the paper: it lengthens how long an answer is waited for and nothing else. Agents say of themselves what Consul's do, and compress what they send. Busy agents, when they are among the slow, also take 10 us for each message.`,
    rows: [
      ...(Object.keys(COUNTS) as Measure[]).flatMap((measure) => sharesOf(runs, 'agents', measure)),
      ...sharesOf(runs, 'busy agents', 'FP'),
      ...shareByBlock(runs, 'agents', 'LHA-Probe', 'FP'),
      ...shareByBlock(runs, 'busy agents', 'LHA-Probe', 'FP'),
    ],
  };
}

function sharesOf(runs: readonly Run[], reading: JudgedReading | 'busy agents', measure: Measure): PaperRow[] {
  return PUBLISHED_SHARES.map(({ configuration, [measure]: published, tolerated }) => {
    const share = shareOf(runs, reading, configuration, measure);
    const place = { label: configuration, unit: SHARE };
    if (reading === 'busy agents') {
      return show(
        { ...place, group: `${measure}, busy agents` },
        published,
        share,
        'how long a message took is not known',
      );
    }
    const { absolute, because } = tolerated[reading][measure];
    return absolute === undefined
      ? show({ ...place, group: measure }, published, share, because)
      : judge({ ...place, group: measure }, published, share, { absolute, because });
  });
}

/** One row for each length of blocks, of the runs that have such blocks. */
function byBlock(
  runs: readonly Run[],
  group: string,
  unit: string,
  measured: (runs: readonly Run[]) => Estimate,
): PaperRow[] {
  return BLOCK_MS.map((blockMs) => {
    const ours = measured(runs.filter(({ argument }) => argument.blockMs === blockMs));
    return show({ group, label: `D = ${blockMs} ms`, x: blockMs, unit }, null, ours, 'the paper has sums alone');
  });
}

function shareByBlock(
  runs: readonly Run[],
  reading: Reading,
  configuration: Configuration,
  measure: Measure,
): PaperRow[] {
  const group = `${reading}: ${measure} of ${configuration}`;
  return byBlock(runs, group, SHARE, (some) => shareOf(some, reading, configuration, measure));
}

function likenessOf(runs: readonly Run[], reading: Reading): PaperRow[] {
  const swim = (count: Count) => sideOf(runs, reading, 'SWIM', count);
  const published = PUBLISHED_SWIM;
  const row = (label: string, paper: number, ours: Estimate) =>
    show({ group: reading, label, unit: '' }, paper, ours, 'an absolute figure of another testbed');
  return [
    row('FP per run of SWIM', published.FP / PUBLISHED_RUNS, perRunOfSwim(runs, reading, COUNTS.FP)),
    row(
      'of them FP-, in %',
      (100 * published['FP-']) / published.FP,
      scaled(ratioOf(swim(COUNTS['FP-']), swim(COUNTS.FP)), 100),
    ),
    row('messages per run of SWIM', published.messages / PUBLISHED_RUNS, perRunOfSwim(runs, reading, COUNTS.messages)),
    row(
      'bytes per message of SWIM',
      published.bytes / published.messages,
      ratioOf(swim(COUNTS.bytes), swim(COUNTS.messages)),
    ),
  ];
}

function shareOf(runs: readonly Run[], reading: Reading, configuration: Configuration, measure: Measure): Estimate {
  const count = COUNTS[measure];
  return scaled(ratioOf(sideOf(runs, reading, configuration, count), sideOf(runs, reading, 'SWIM', count)), 100);
}

function perRunOfSwim(runs: readonly Run[], reading: Reading, count: Count): Estimate {
  return ratioOf(
    sideOf(runs, reading, 'SWIM', count),
    sideOf(runs, reading, 'SWIM', () => 1),
  );
}

/** What each cell counted, by the cell. */
type Side = ReadonlyMap<string, { readonly stratum: string; readonly count: number }>;

function sideOf(runs: readonly Run[], reading: Reading, configuration: Configuration, count: Count): Side {
  const own = runs.filter(({ argument }) => argument.reading === reading && argument.configuration === configuration);
  return new Map(
    own.map(({ argument: { slow, blockMs, freeMs }, measured }) => {
      const stratum = `${blockMs} ${freeMs}`;
      return [`${slow} ${stratum}`, { stratum, count: count(measured) }];
    }),
  );
}

function ratioOf(parts: Side, wholes: Side): Estimate {
  return estimateRatio(
    [...parts].map(([cell, { stratum, count }]): Pair => ({ stratum, part: count, whole: wholes.get(cell)!.count })),
  );
}
