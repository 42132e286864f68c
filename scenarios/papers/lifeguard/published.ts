import type { Configuration } from './cell.ts';

/** What the paper counts: failure events about healthy members at any member (FP) and at healthy ones alone (FP-). */
export type Measure = 'FP' | 'FP-' | 'messages' | 'bytes';

/** What the paper counted with none of Lifeguard's parts, in all interval experiments at alpha 5 and beta 6 … */
export const PUBLISHED_SWIM: Readonly<Record<Measure, number>> = {
  FP: 339_002,
  'FP-': 1_326,
  messages: 435.33e6,
  bytes: 149.15 * 2 ** 30,
};

/** … which were as many runs: ten of each cell. */
export const PUBLISHED_RUNS = 9 * 6 * 8 * 10;

export interface ToleranceOrNone {
  readonly absolute: number | undefined;
  readonly because: string;
}

export interface PublishedShares extends Readonly<Record<Measure, number>> {
  readonly configuration: Exclude<Configuration, 'SWIM'>;
  /** How far ours may be from each share; without a number what it says is not judged. */
  readonly tolerated: Readonly<Record<JudgedReading, Readonly<Record<Measure, ToleranceOrNone>>>>;
}

/** Those readings whose shares can be expected to be the paper's. */
export type JudgedReading = 'formula' | 'agents';

const WHY_SO_FAR: Readonly<Record<Measure, string>> = {
  FP: 'what is judged is the order of the parts and their magnitude: machines and network are not those of the paper',
  'FP-': 'so few that single cells decide',
  messages: 'what the parts cost depends on how many of the blocks are long',
  bytes: 'tags and what else is in messages are not to the letter those of the paper',
};
const WHY_NOT_JUDGED: Readonly<Record<Measure, string>> = {
  ...WHY_SO_FAR,
  FP: "memberlist's code keeps what the formula saves, unless members also take time for each message",
  bytes: "depend on the pace of a member in bad health, on tags and on compression: judged with the agents' own",
};

/** What it counted with each of them, in percent of that. */
export const PUBLISHED_SHARES: readonly PublishedShares[] = [
  {
    configuration: 'LHA-Probe',
    ...{ FP: 67.72, 'FP-': 32.88, messages: 98.46, bytes: 90.03 },
    tolerated: {
      formula: tolerances({ FP: 20, messages: 5 }),
      agents: tolerances({ messages: 5, bytes: 5 }),
    },
  },
  {
    configuration: 'LHA-Suspicion',
    ...{ FP: 3, 'FP-': 6.71, messages: 111.31, bytes: 106.52 },
    tolerated: {
      formula: tolerances({ FP: 2, 'FP-': 6, messages: 9 }),
      agents: tolerances({ FP: 2, 'FP-': 6, messages: 9, bytes: 5 }),
    },
  },
  {
    configuration: 'Buddy System',
    ...{ FP: 94.08, 'FP-': 44.57, messages: 100.07, bytes: 99.01 },
    tolerated: {
      formula: tolerances({ FP: 6, messages: 1, bytes: 2 }),
      agents: tolerances({ FP: 6, messages: 1, bytes: 2 }),
    },
  },
  {
    configuration: 'Lifeguard',
    ...{ FP: 1.53, 'FP-': 1.89, messages: 110.59, bytes: 97.97 },
    tolerated: {
      formula: tolerances({ FP: 1.47, 'FP-': 3.11, messages: 9 }),
      agents: tolerances({ FP: 1.47, 'FP-': 3.11, messages: 9, bytes: 5 }),
    },
  },
];

function tolerances(absolute: Readonly<Partial<Record<Measure, number>>>): Readonly<Record<Measure, ToleranceOrNone>> {
  const tolerance = (measure: Measure): ToleranceOrNone => ({
    absolute: absolute[measure],
    because: (absolute[measure] === undefined ? WHY_NOT_JUDGED : WHY_SO_FAR)[measure],
  });
  return {
    FP: tolerance('FP'),
    'FP-': tolerance('FP-'),
    messages: tolerance('messages'),
    bytes: tolerance('bytes'),
  };
}
