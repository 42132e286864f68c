import { hostAddress } from '../../simulator/sim-host.ts';
import { World } from '../../simulator/world.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { judge, show, type Tolerance } from './judge.ts';
import type { PaperRow, PaperTable } from './result.ts';
import { CYCLE, type Rumour, rumourProgram, type RumourRules } from './rumour.ts';
import { estimateMean } from './statistics.ts';
import { eachSeed, type Seeds, sharesOf } from '../experiments/seeds.ts';
import type { Study } from './study.ts';

const SITES = 1_000;

/** What one epidemic came to, in the words of the paper. */
export interface Epidemic {
  /** The share of sites that never hear (s). */
  readonly residue: number;
  /** Updates sent per site (m). */
  readonly traffic: number;
  /** Cycles until the last site that hears has heard. */
  readonly last: number;
  /** The mean over all sites that hear. */
  readonly average: number;
}

interface PublishedTable {
  readonly id: string;
  readonly title: string;
  readonly rules: Omit<RumourRules, 'k'>;
  /** For k = 1, 2 and so on. */
  readonly rows: readonly Epidemic[];
}

const TABLES: readonly PublishedTable[] = [
  {
    id: 'demers-1',
    title: 'Demers et al., table 1: push, feedback and counter',
    rules: { way: 'push', interest: 'feedback-counter' },
    rows: [
      { residue: 0.18, traffic: 1.7, average: 11.0, last: 16.8 },
      { residue: 0.037, traffic: 3.3, average: 12.1, last: 16.9 },
      { residue: 0.011, traffic: 4.5, average: 12.5, last: 17.4 },
      { residue: 0.0036, traffic: 5.6, average: 12.7, last: 17.5 },
      { residue: 0.0012, traffic: 6.7, average: 12.8, last: 17.7 },
    ],
  },
  {
    id: 'demers-2',
    title: 'Demers et al., table 2: push, blind and coin',
    rules: { way: 'push', interest: 'blind-coin' },
    rows: [
      { residue: 0.96, traffic: 0.04, average: 19, last: 38 },
      { residue: 0.2, traffic: 1.6, average: 17, last: 33 },
      { residue: 0.06, traffic: 2.8, average: 15, last: 32 },
      { residue: 0.021, traffic: 3.9, average: 14.1, last: 32 },
      { residue: 0.008, traffic: 4.9, average: 13.8, last: 32 },
    ],
  },
  {
    id: 'demers-3',
    title: 'Demers et al., table 3: pull, feedback and counter',
    rules: { way: 'pull', interest: 'feedback-counter' },
    rows: [
      { residue: 3.1e-2, traffic: 2.7, average: 9.97, last: 17.6 },
      { residue: 5.8e-4, traffic: 4.5, average: 10.07, last: 15.4 },
      { residue: 4.0e-6, traffic: 6.1, average: 10.08, last: 14.0 },
    ],
  },
];

interface Measure {
  readonly of: keyof Epidemic;
  readonly group: string;
  readonly unit: string;
  readonly tolerance: Tolerance | null;
}

const MEASURES: readonly Measure[] = [
  {
    of: 'residue',
    group: 'residue s',
    unit: 'share of sites',
    tolerance: { relative: 0.25, because: 'one or two digits, of an unknown number of trials' },
  },
  { of: 'traffic', group: 'traffic m', unit: 'updates per site', tolerance: { relative: 0.03, because: 'two digits' } },
  {
    of: 'last',
    group: 'last',
    unit: 'cycles',
    tolerance: { relative: 0.03, because: 'an unknown number of trials, whose last cycle varies by two' },
  },
  { of: 'average', group: 'average', unit: 'cycles', tolerance: null },
];

/** Less than one site in a hundred epidemics: nothing to be judged by so few seeds. */
const TOO_RARE = 1e-5;

interface Argument {
  readonly rules: RumourRules;
  readonly seeds: Seeds;
}

/** Lets one site of many begin a rumour, and waits until nobody spreads it any more. */
export function spreadRumour(rules: RumourRules, seed: number, sites = SITES): Epidemic {
  const peers = Array.from({ length: sites }, (_, index) => hostAddress(index));
  const [first, other] = [rumourProgram(rules, peers, true), rumourProgram(rules, peers, false)];
  const world = new World({
    seed: `rumour ${rules.way} ${rules.interest} ${rules.k} ${seed}`,
    duration: Number.MAX_SAFE_INTEGER,
    faults: [],
    latency: { kind: 'constant', delay: 1_000 },
    hosts: peers.map((_, index) => ({ name: `s${index}`, program: index === 0 ? first : other })),
  });
  let rumours: Rumour[];
  let cycle = 0;
  do {
    cycle += 1;
    // The last moment of a cycle: all of its answers have come, the next has not begun.
    world.runUntil(cycle * CYCLE - 1);
    rumours = world.hosts.map(({ running }) => running?.inspect as Rumour);
  } while (rumours.some(({ infective }) => infective));
  const heard = rumours.flatMap(({ heardIn }) => (heardIn === null ? [] : [heardIn]));
  return {
    residue: 1 - heard.length / sites,
    traffic: rumours.reduce((total, { updates }) => total + updates, 0) / sites,
    last: Math.max(...heard),
    average: heard.reduce((total, at) => total + at, 0) / heard.length,
  };
}

export const demersRumour: Experiment<Argument, Epidemic[]> = {
  name: 'papers/demers-rumour',
  measure: ({ rules, seeds }) => eachSeed(seeds, (seed) => spreadRumour(rules, seed)),
};

export const demersStudy: Study<Argument, Epidemic[]> = {
  paper: 'demers',
  calls: (mode) =>
    TABLES.flatMap(({ rules, rows }) =>
      rows.flatMap((_, index) =>
        sharesOf(mode === 'full' ? 1_000 : 30, 15).map((seeds) => ({
          experiment: demersRumour,
          argument: { rules: { ...rules, k: index + 1 }, seeds },
        })),
      ),
    ),
  tables: (measurements) =>
    TABLES.map(({ id, title, rules, rows }): PaperTable => {
      const epidemics = (k: number) =>
        measurements
          .filter(({ argument: { rules: one } }) => {
            return one.way === rules.way && one.interest === rules.interest && one.k === k;
          })
          .flatMap(({ measured }) => measured);
      return {
        id,
        paper: 'demers',
        title,
        note: `${SITES} sites, each a host with a program of its own, in synchronous cycles; no limit on connections. A check of the simulator itself. Samples are seeds.`,
        rows: MEASURES.flatMap((measure) =>
          rows.map((published, index) => rowOf(measure, index + 1, published, epidemics(index + 1))),
        ),
      };
    }),
};

function rowOf(
  { of, group, unit, tolerance }: Measure,
  k: number,
  published: Epidemic,
  epidemics: readonly Epidemic[],
): PaperRow {
  const place = { group, label: `k = ${k}`, x: k, unit };
  const ours = estimateMean(epidemics.map((epidemic) => epidemic[of]));
  if (tolerance === null) return show(place, published[of], ours, 'the paper does not say over which sites');
  if (published[of] < TOO_RARE) return show(place, published[of], ours, 'too rare for so few epidemics');
  return judge(place, published[of], ours, tolerance);
}
