import { seededRandom } from '../../../core/random.ts';

/** One anomaly of the paper's interval experiments (its section V). */
export interface Cell {
  /** C: so many members are slow, always the same ones, and all at once. */
  readonly slow: number;
  /** D: how long they are blocked at a time. */
  readonly blockMs: number;
  /** I: how long they are free in between. */
  readonly freeMs: number;
}

/** Thirds, so that a sample of a third of the grid has few, some and many slow members in every place. */
export const SLOW = [
  [1, 4, 8],
  [12, 16, 20],
  [24, 28, 32],
] as const;
export const BLOCK_MS = [128, 512, 2_048, 8_192, 16_384, 32_768] as const;
export const FREE_MS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384] as const;

/** The whole grid: every number of slow members with every rhythm. */
export function allCells(): Cell[] {
  return rhythms().flatMap((rhythm) => SLOW.flat().map((slow) => ({ ...rhythm, slow })));
}

/**
 * A third of the grid that stands for all of it: every rhythm with one number of slow members from each third, and all
 * over, each number equally often. Which ones go together is drawn.
 */
export function sampledCells(seed: string): Cell[] {
  const random = seededRandom(seed);
  const bags: number[][] = SLOW.map(() => []);
  return rhythms().flatMap((rhythm) =>
    SLOW.map((third, index) => {
      const bag = bags[index]!;
      if (bag.length === 0) bag.push(...random.shuffle([...third]));
      return { ...rhythm, slow: bag.pop()! };
    }),
  );
}

function rhythms(): Omit<Cell, 'slow'>[] {
  return BLOCK_MS.flatMap((blockMs) => FREE_MS.map((freeMs) => ({ blockMs, freeMs })));
}
