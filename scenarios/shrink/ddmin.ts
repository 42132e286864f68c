/** Of some candidates, the place of the first that still has what is looked for; -1 when none has. */
export type FirstHit<T> = (candidates: readonly T[]) => Promise<number>;

/**
 * Zeller and Hildebrandt's delta debugging: the part of a list that is still a hit, found without assuming anything
 * about which parts are. The result is 1-minimal: without any one of its items it is no hit. The candidates of a round
 * are asked about together, so that they can be tried at the same time; the first hit in order counts.
 *
 * The list as a whole must be a hit. It takes at most about n² + 3n questions, and about 2k log n when k items
 * matter and do so together.
 */
export async function ddmin<T>(items: readonly T[], firstHit: FirstHit<readonly T[]>): Promise<readonly T[]> {
  if (items.length === 0 || (await firstHit([[]])) === 0) return [];
  let kept = items;
  let parts = 2;
  while (kept.length > 1) {
    const chunks = split(kept, Math.min(parts, kept.length));
    // Of two halves, each is what is left without the other.
    const rests = chunks.length === 2 ? [] : chunks.map((gone) => chunks.filter((chunk) => chunk !== gone).flat());
    const candidates = [...chunks, ...rests];
    const found = await firstHit(candidates);
    if (found >= 0) {
      parts = found < chunks.length ? 2 : Math.max(chunks.length - 1, 2);
      kept = candidates[found]!;
    } else if (chunks.length === kept.length) break;
    else parts = chunks.length * 2;
  }
  return kept;
}

function split<T>(items: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, part) =>
    items.slice(Math.floor((items.length * part) / parts), Math.floor((items.length * (part + 1)) / parts)),
  );
}
