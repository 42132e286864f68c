/** A share of the seeds of an experiment, small enough that all threads have something to do until the end. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
}

/** Seeds from 1 to `count`, in shares of at most `share`. */
export function sharesOf(count: number, share: number): Seeds[] {
  const shares: Seeds[] = [];
  for (let first = 1; first <= count; first += share) {
    shares.push({ first, count: Math.min(share, count - first + 1) });
  }
  return shares;
}

export function eachSeed<T>({ first, count }: Seeds, of: (seed: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => of(first + index));
}
