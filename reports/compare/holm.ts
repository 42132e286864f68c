/**
 * Holm's correction: with it, the chance that even one of many tests finds what is not there stays below the level that
 * each adjusted value is held to. In the order of the values given.
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const adjusted: number[] = [];
  let largest = 0;
  for (const [place, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, values[index]! * (values.length - place)));
    adjusted[index] = largest;
  }
  return adjusted;
}
