import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Band } from '../../../reports/browser/timeline/bands.ts';
import type { BeliefHistory } from '../../../scenarios/timeline/beliefs.ts';

/** Entries at whole times, each with a standing of its own; everybody who is asked holds it. */
function historyOf(entries: readonly (readonly [at: number, standing: number])[]): BeliefHistory {
  const ten = (): Uint16Array => Uint16Array.from(entries, () => 10);
  return {
    at: Float64Array.from(entries, ([at]) => at),
    asked: ten(),
    alive: ten(),
    suspect: ten(),
    dead: ten(),
    left: ten(),
    standing: Uint8Array.from(entries, ([, standing]) => standing),
  };
}

const histories = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 2_000 }), fc.nat({ max: 5 })), { selector: ([at]) => at, maxLength: 400 })
  .map((entries) => entries.toSorted(([a], [b]) => a - b));

test('a band shows in every pixel the gravest of what held in it', () => {
  fc.assert(
    fc.property(histories, fc.nat({ max: 1_500 }), fc.constantFrom(20, 50, 125, 250, 500), (entries, from, width) => {
      const to = from + 500;
      const shown = Array.from({ length: width }, () => -1);
      let next = 0;
      for (const stretch of new Band(historyOf(entries)).stretches(from, to, width)) {
        expect(stretch.from).toBe(next);
        shown.fill(stretch.standing, stretch.from, stretch.to);
        next = stretch.to;
      }
      expect(next).toBe(width);
      const perPixel = (to - from) / width;
      const expected = shown.map((_, pixel) => {
        const [first, last] = [from + pixel * perPixel, from + (pixel + 1) * perPixel];
        const before = entries.filter(([at]) => at <= first).at(-1)?.[1] ?? 0;
        const within = entries.filter(([at]) => at > first && at < last).map(([, standing]) => standing);
        return Math.max(before, ...within);
      });
      expect(shown).toEqual(expected);
    }),
  );
});
