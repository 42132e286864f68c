import { retransmitLimit } from '../../core/membership/formulas.ts';
import { lan, type MembershipSettings, settingsOf } from '../../core/membership/settings.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { formedWorld, memberName } from '../experiments/formed-world.ts';
import { judgeAtMost, show } from './judge.ts';
import type { PaperRow, PapersMode } from './result.ts';
import { serfRounds } from './serf-formula.ts';
import { estimateMedian } from './statistics.ts';
import { eachSeed, type Seeds, sharesOf } from '../experiments/seeds.ts';
import type { Study } from './study.ts';

const ROUND = lan.gossipIntervalMs * 1_000;
/** Everybody's own news is over by then. */
const SETTLED = 2_000_000;
/** Updates that one world tells, each by another member, the rounds between them, and the rounds after the last. */
const UPDATES = 12;
const APART = 15;
const AFTER = 30;

const LOSSES = [0, 25, 50];
const SHARES = [50, 99, 99.99];

/** The formula is a model of gossip alone; what is shipped also lets news ride on probes, and exchanges state. */
const WAYS = {
  'gossip alone': settingsOf('lan', {
    probeIntervalMs: 3_600_000,
    streamProbes: false,
    pushPullIntervalMs: 0,
    healingIntervalMs: 0,
  }),
  'as shipped': lan,
} satisfies Readonly<Record<string, MembershipSettings>>;
type Way = keyof typeof WAYS;

interface Cell {
  readonly size: number;
  readonly lossPercent: number;
  readonly way: Way;
}

/** Rounds until each of `SHARES` of the cluster had heard; until the run ended, where that never came. */
type Rounds = readonly number[];

/** Members tell one update after the other; how many gossip intervals pass until so many have heard of each. */
export function spreadOfUpdates({ size, lossPercent, way }: Cell, seed: number): Rounds[] {
  const end = SETTLED + (UPDATES * APART + AFTER) * ROUND;
  const toldAt = Array.from({ length: UPDATES }, (_, index) => SETTLED + index * APART * ROUND);
  const heardAt = new Map(toldAt.map((_, index) => [memberName(index), [] as number[]]));
  const loss: Fault = { id: 'loss', at: SETTLED, for: end - SETTLED, kind: 'link', loss: [lossPercent, 100] };
  const world = formedWorld({
    seed: `serf gossip ${size} ${lossPercent} ${seed}`,
    size,
    settings: WAYS[way],
    duration: end,
    faults: [
      ...(lossPercent === 0 ? [] : [loss]),
      ...toldAt.map((at, index): Fault => {
        const hosts = [memberName(index)];
        return { id: `tell ${index}`, at, kind: 'command', hosts, command: 'broadcast', argument: 'news' };
      }),
    ],
    onEvent(_host, event, now) {
      if (event.type === 'broadcast') heardAt.get(event.origin)!.push(now);
    },
  });
  world.run();
  return [...heardAt.values()].map((heard, index) =>
    SHARES.map((share) => {
      const last = heard[Math.ceil((size * share) / 100) - 1] ?? end;
      return (last - toldAt[index]!) / ROUND;
    }),
  );
}

interface Argument extends Cell {
  readonly seeds: Seeds;
}

export const serfGossip: Experiment<Argument, Rounds[]> = {
  name: 'papers/serf-gossip',
  measure: ({ seeds, ...cell }) => eachSeed(seeds, (seed) => spreadOfUpdates(cell, seed)).flat(),
};

/** How many worlds of each size: their cost grows with its square. */
const WORLDS: Readonly<Record<PapersMode, Readonly<Record<number, number>>>> = {
  sampled: { 30: 6, 100: 3, 1_000: 1 },
  full: { 30: 80, 100: 40, 1_000: 3 },
};
const SIZES = Object.keys(WORLDS.full).map(Number);

/** A thousand members that probe through losses take minutes: in full mode alone. */
function cellsOf(mode: PapersMode): Cell[] {
  return (Object.keys(WAYS) as Way[])
    .flatMap((way) => LOSSES.flatMap((lossPercent) => SIZES.map((size) => ({ size, lossPercent, way }))))
    .filter(
      ({ size, lossPercent, way }) => mode === 'full' || size < 1_000 || lossPercent === 0 || way !== 'as shipped',
    );
}

export const serfGossipStudy: Study<Argument, Rounds[]> = {
  paper: 'serf',
  calls: (mode) =>
    cellsOf(mode)
      .toSorted((a, b) => b.size - a.size)
      .flatMap((cell) =>
        sharesOf(WORLDS[mode][cell.size]!, cell.size >= 1_000 ? 1 : 3).map((seeds) => ({
          experiment: serfGossip,
          argument: { ...cell, seeds },
        })),
      ),
  tables: (measurements, mode) => [
    {
      id: 'serf-convergence',
      paper: 'serf',
      title: "Serf: gossip intervals until an update is known, by its simulator's formula",
      note:
        'Members of a formed cluster tell one update after the other. The formula counts whole rounds of 200 ms of gossip ' +
        'alone; ours run from the telling, on the settings of lan: gossip alone, and as shipped. Medians ' +
        'of updates.',
      rows: cellsOf(mode).flatMap((cell) => {
        const runs = measurements
          .filter(({ argument: { size, lossPercent, way } }) => {
            return size === cell.size && lossPercent === cell.lossPercent && way === cell.way;
          })
          .flatMap(({ measured }) => measured);
        return SHARES.map((share, index) =>
          rowOf(
            cell,
            share,
            runs.map((rounds) => rounds[index]!),
          ),
        );
      }),
    },
  ],
};

function rowOf({ size, lossPercent, way }: Cell, share: number, runs: readonly number[]): PaperRow {
  const place = {
    group: `${way}, ${lossPercent} % lost, ${share} % know`,
    label: `n = ${size}`,
    x: size,
    unit: 'rounds',
  };
  const loss = lossPercent / 100;
  const formula = serfRounds({ size, loss }, share / 100);
  const ours = estimateMedian(runs);
  if (share > 99) return show(place, formula, ours, 'a model of the mean says nothing of the last member');
  // Each member is told that often on average, and nobody tells any more then.
  const told = retransmitLimit(lan, size) * (1 - loss);
  if (Math.exp(-told) > 1 - share / 100) {
    return show(place, formula, ours, 'news is told a limited number of times, here too few for so many to hear');
  }
  return judgeAtMost(place, formula, ours, 'the formula counts half of the contacts that gossip makes');
}
