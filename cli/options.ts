import { availableParallelism } from 'node:os';
import { SECOND } from '../core/ports/clock.ts';
import type { Micros } from '../core/ports/clock.ts';
import { UsageError } from '../scenarios/errors.ts';
import { checkSeeds, parseSeed } from '../scenarios/seeds.ts';

/** What commander hands over: texts, and `true` for flags. */
export type Given = Readonly<Record<string, string | true | undefined>>;

export function textOf(given: Given, name: string): string | undefined {
  const value = given[name];
  return typeof value === 'string' ? value : undefined;
}

/** A count of at least 1. */
export function countOf(given: Given, name: string, flag: string): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new UsageError(
    'INVALID_OPTION',
    `${flag} is ${JSON.stringify(text)}. Give a whole number from 1, such as ${flag} 4.`,
  );
}

/** `--port`; 0 takes a free one. */
export function portOf(given: Given): number | undefined {
  const text = textOf(given, 'port');
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError(
    'INVALID_OPTION',
    `--port is ${JSON.stringify(text)}. Give a number from 0 to 65535; 0 takes a free one.`,
  );
}

export interface Seeds {
  readonly seeds: number;
  readonly firstSeed: number;
}

/** `--seed` alone means that one seed. */
export function seedsOf(given: Given, usual: number): Seeds {
  const seed = textOf(given, 'seed');
  const seeds = countOf(given, 'seeds', '--seeds') ?? (seed === undefined ? usual : 1);
  const firstSeed = seed === undefined ? 1 : parseSeed(seed);
  checkSeeds(firstSeed, seeds);
  return { seeds, firstSeed };
}

/** Playing leaves no core idle: more threads than cores would only take memory. */
export function jobsOf(given: Given): number {
  return Math.min(countOf(given, 'jobs', '--jobs') ?? Number.POSITIVE_INFINITY, availableParallelism());
}

export function shardOf(given: Given): { part: number; of: number } | undefined {
  const text = textOf(given, 'shard');
  if (text === undefined) return undefined;
  const [part = 0, of = 0] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.slice(1).map(Number) ?? [];
  if (part >= 1 && part <= of) return { part, of };
  throw new UsageError(
    'INVALID_OPTION',
    `--shard is ${JSON.stringify(text)}. Give share and number of shares, such as --shard 1/4.`,
  );
}

const UNITS: Readonly<Record<string, Micros>> = {
  us: 1,
  ms: SECOND / 1000,
  s: SECOND,
  m: 60 * SECOND,
  h: 3_600 * SECOND,
  d: 86_400 * SECOND,
};

/** A length of time; a plain number is in seconds. */
export function timeOf(given: Given, name: string, flag: string): Micros | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?) ?(us|ms|s|m|h|d)?$/.exec(text) ?? [];
  if (number !== '') return Math.round(Number(number) * UNITS[unit]!);
  throw new UsageError(
    'INVALID_OPTION',
    `${flag} is ${JSON.stringify(text)}. Give a time with its unit, such as ${flag} 12.5s.`,
  );
}

/** Words separated by commas. */
export function listOf(given: Given, name: string): string[] | undefined {
  return textOf(given, name)
    ?.split(',')
    .filter((word) => word !== '');
}
