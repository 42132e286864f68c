import { UsageError } from './errors.ts';

/** The largest seed: exact as a number, and short enough to read aloud. */
const MAX_SEED = 2 ** 32 - 1;

/** Whether this is a seed: a whole number, so that a suite can count through them. */
export function isSeed(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_SEED;
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
export function worldSeed(scenario: string, seed: number): string {
  return `${scenario}/${seed}`;
}
