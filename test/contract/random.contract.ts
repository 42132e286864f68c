import { describe, expect, test } from 'vitest';
import type { Random } from '../../core/ports/random.ts';

const draws = (random: Random, count = 200): number[] => Array.from({ length: count }, () => random.int(1_000_000));

/** What every implementation of the Random port does. */
export function randomContract(name: string, create: (seed: string) => Random): void {
  describe(`${name} keeps the contract of Random`, () => {
    test('equal seeds give equal streams, other seeds give others', () => {
      expect(draws(create('a'))).toEqual(draws(create('a')));
      expect(draws(create('a'))).not.toEqual(draws(create('b')));
    });

    test('a fork depends on seed and label alone, not on what was drawn before', () => {
      const used = create('a');
      draws(used);
      used.shuffle([1, 2, 3]);
      expect(draws(used.fork('x'))).toEqual(draws(create('a').fork('x')));
      expect(draws(create('a').fork('x'))).not.toEqual(draws(create('a').fork('y')));
      expect(draws(create('a').fork('x'))).not.toEqual(draws(create('a')));
    });

    test('drawing from a fork leaves its parent alone', () => {
      const [forked, plain] = [create('a'), create('a')];
      draws(forked.fork('x'));
      expect(draws(forked)).toEqual(draws(plain));
    });

    test('labels do not run together', () => {
      expect(draws(create('a').fork('bc').fork('d'))).not.toEqual(draws(create('a').fork('b').fork('cd')));
      expect(draws(create('ab').fork('c'))).not.toEqual(draws(create('a').fork('bc')));
    });

    test('int() covers [0, below) and nothing else, up to 2^32', () => {
      const random = create('range');
      const seen = new Set(Array.from({ length: 500 }, () => random.int(7)));
      expect([...seen].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(Array.from({ length: 20 }, () => random.int(1))).toEqual(Array.from({ length: 20 }, () => 0));
      const large = Array.from({ length: 500 }, () => random.int(4_294_967_296));
      expect(large.every((value) => Number.isInteger(value) && value >= 0 && value < 4_294_967_296)).toBe(true);
      expect(Math.max(...large)).toBeGreaterThan(4_000_000_000);
    });

    test.each([0, -1, Number.NaN, 4_294_967_297])('int(%d) is refused', (below) => {
      expect(() => create('a').int(below)).toThrow('below');
    });

    test('chance() is true in its share of draws, and draws once whatever its ratio', () => {
      const random = create('chance');
      const hits = Array.from({ length: 10_000 }, () => random.chance([1, 4])).filter(Boolean).length;
      expect(hits).toBeGreaterThan(2300);
      expect(hits).toBeLessThan(2700);
      const [never, always] = [create('a'), create('a')];
      expect(never.chance([0, 5])).toBe(false);
      expect(always.chance([5, 5])).toBe(true);
      expect(draws(never)).toEqual(draws(always));
    });

    test('pick() gives each item its turn, and refuses an empty list', () => {
      const random = create('pick');
      expect(new Set(Array.from({ length: 200 }, () => random.pick(['a', 'b', 'c']))).size).toBe(3);
      expect(() => random.pick([])).toThrow('items');
    });

    test('shuffle() reorders in place, reaches every order and loses nothing', () => {
      const random = create('shuffle');
      const items = Array.from({ length: 50 }, (_, index) => index);
      const shuffled = random.shuffle(items);
      expect(shuffled).toBe(items);
      expect(shuffled).not.toEqual(shuffled.toSorted((a, b) => a - b));
      expect(new Set(shuffled).size).toBe(50);
      expect(new Set(Array.from({ length: 300 }, () => random.shuffle(['a', 'b', 'c']).join(''))).size).toBe(6);
    });
  });
}
