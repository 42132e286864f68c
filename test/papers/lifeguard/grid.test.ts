import { describe, expect, test } from 'vitest';
import {
  allCells,
  BLOCK_MS,
  type Cell,
  FREE_MS,
  sampledCells,
  SLOW,
} from '../../../scenarios/papers/lifeguard/grid.ts';

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}

const inWords = ({ slow, blockMs, freeMs }: Cell) => `${slow} ${blockMs} ${freeMs}`;

test('the whole grid has every number of slow members with every rhythm, once', () => {
  expect(new Set(allCells().map(inWords)).size).toBe(9 * 6 * 8);
  expect(allCells()).toHaveLength(9 * 6 * 8);
});

describe('a sample of the grid', () => {
  const sample = sampledCells('a seed');

  test('is a third of it', () => {
    const grid = new Set(allCells().map(inWords));
    expect(sample).toHaveLength(grid.size / 3);
    expect(new Set(sample.map(inWords)).size).toBe(sample.length);
    expect(sample.every((cell) => grid.has(inWords(cell)))).toBe(true);
  });

  test('has every rhythm with few, some and many slow members', () => {
    for (const third of SLOW) {
      const some = sample.filter(({ slow }) => (third as readonly number[]).includes(slow));
      const rhythms = countBy(some, ({ blockMs, freeMs }) => `${blockMs} ${freeMs}`);
      expect(Object.values(rhythms)).toEqual(Array.from({ length: BLOCK_MS.length * FREE_MS.length }, () => 1));
    }
  });

  test('has each number of slow members equally often', () => {
    expect(Object.values(countBy(sample, ({ slow }) => String(slow)))).toEqual(Array.from({ length: 9 }, () => 16));
  });

  test('is the same for the same seed, and another one for another', () => {
    expect(sampledCells('a seed')).toEqual(sample);
    expect(sampledCells('another')).not.toEqual(sample);
  });
});
