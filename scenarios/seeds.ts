import { UsageError } from './errors.ts';
import type { Scenario } from './scenario.ts';

/** The largest seed: exact as a number, and short enough to read aloud. */
export const MAX_SEED = 2 ** 32 - 1;

/** Whether this is a seed: a whole number, so that a suite can count through them. */
export function isSeed(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_SEED;
}

/** A plan is held in memory; who wants more plays shards or another first seed. */
const MOST_SEEDS = 1_000_000;

/** Whether a suite can count through these seeds. */
export function checkSeeds(firstSeed: number, seeds: number): void {
  const problem = problemOfSeeds(firstSeed, seeds);
  if (problem !== undefined) throw new UsageError('INVALID_SEEDS', problem);
}

function problemOfSeeds(firstSeed: number, seeds: number): string | undefined {
  if (!isSeed(firstSeed)) return `seed is ${firstSeed}. Give a whole number from 0 to ${MAX_SEED}, such as 17.`;
  if (!Number.isInteger(seeds) || seeds < 1) return `seeds is ${seeds}. Give a whole number from 1, such as 10.`;
  if (seeds > MOST_SEEDS) return `seeds is ${seeds}. Give at most ${MOST_SEEDS}, and another first seed next time.`;
  if (!isSeed(firstSeed + seeds - 1)) {
    return `${seeds} seeds from ${firstSeed} go beyond ${MAX_SEED}, the last one. Give a lower first seed or fewer seeds.`;
  }
  return undefined;
}

/** Reads a seed as a person types it. */
export function parseSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (isSeed(seed)) return seed;
  throw new UsageError(
    'INVALID_SEED',
    `${JSON.stringify(text)} is not a seed. Give a whole number from 0 to ${MAX_SEED}, such as --seed 17.`,
  );
}

/** The seed of the world. The name takes part, so that equal seeds of two scenarios share no draws. */
export function worldSeed({ name, fixed }: Scenario, seed: number): string {
  return fixed === undefined ? `${name}/${seed}` : `${fixed.scenario}/${fixed.seed}`;
}

/** The seeds with which a scenario is played when so many are asked for. */
export function seedsToPlay({ fixed }: Scenario, firstSeed: number, seeds: number): number[] {
  if (fixed !== undefined) return [fixed.seed];
  return Array.from({ length: seeds }, (_, offset) => firstSeed + offset);
}
