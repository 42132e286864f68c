/** A chance as an integer ratio, `[numerator, denominator]`: exact on every platform. */
export type Ratio = readonly [numerator: number, denominator: number];

/**
 * A seeded stream of draws.
 *
 * Contract: equal seeds and labels give equal streams. `fork(label)` depends on the seed and the label alone, not
 * on how much was drawn before, so that one consumer's draws never shift another's.
 */
export interface Random {
  /** A whole number in [0, below). `below` is at least 1 and at most 2^32. */
  int(below: number): number;
  /** True in `ratio[0]` of `ratio[1]` draws; always draws, so that a changed ratio does not shift the stream. */
  chance(ratio: Ratio): boolean;
  /** One of the items; throws on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** Shuffles in place and returns the same array. */
  shuffle<T>(items: T[]): T[];
  /** An independent stream named `label`. */
  fork(label: string): Random;
}
