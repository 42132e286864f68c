import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ddmin } from '../../scenarios/shrink/ddmin.ts';

/** Answers as a batch of runs would, and counts the questions. */
async function minimised(count: number, isHit: (items: readonly number[]) => boolean) {
  const items = Array.from({ length: count }, (_, index) => index);
  let questions = 0;
  const kept = await ddmin(items, async (candidates) => {
    questions += candidates.length;
    return candidates.findIndex(isHit);
  });
  return { kept, questions };
}

const without = (items: readonly number[], gone: number) => items.filter((item) => item !== gone);

test('exactly what matters is left when more never hurts', async () => {
  const arbitrary = fc
    .integer({ min: 0, max: 40 })
    .chain((count) =>
      fc.record({ count: fc.constant(count), needed: fc.subarray(Array.from({ length: count }, (_, index) => index)) }),
    );
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ count, needed }) => {
      const { kept } = await minimised(count, (items) => needed.every((item) => items.includes(item)));
      expect(kept).toEqual(needed);
    }),
  );
});

test('nothing can be left out of the result, however erratic the answers are, and the questions are bounded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 16 }), fc.integer(), async (count, salt) => {
      const isHit = (items: readonly number[]) =>
        items.length === count || fc.hash(`${salt} ${items.join()}`) % 3 === 0;
      const { kept, questions } = await minimised(count, isHit);
      expect(isHit(kept)).toBe(true);
      expect(kept.filter((gone) => isHit(without(kept, gone)))).toEqual([]);
      expect(questions).toBeLessThanOrEqual(2 * count * count + 4 * count + 2);
    }),
  );
});

test('a needle in a thousand is found in few questions', async () => {
  const { kept, questions } = await minimised(1000, (items) => items.includes(617));
  expect(kept).toEqual([617]);
  expect(questions).toBeLessThan(40);
});

test('of three things that matter together, no fourth is left', async () => {
  const { kept, questions } = await minimised(200, (items) => [3, 77, 150].every((item) => items.includes(item)));
  expect(kept).toEqual([3, 77, 150]);
  expect(questions).toBeLessThan(300);
});

test('a list of which nothing matters becomes empty at once', async () => {
  expect(await minimised(500, () => true)).toEqual({ kept: [], questions: 1 });
});
