import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPlace, writePlace } from '../../../reports/browser/timeline/address.ts';
import { marksBetween, secondsInWords } from '../../../reports/browser/timeline/scale.ts';

test('an address leads back to what was seen', () => {
  const word = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.includes(','));
  fc.assert(
    fc.property(
      fc.record({
        time: fc.nat(),
        width: fc.integer({ min: 1 }),
        cursor: fc.nat(),
        nodes: fc.array(word),
        kinds: fc.array(word),
        text: fc.string(),
        row: fc.nat(),
      }),
      (place) => {
        const { time, width, cursor, ...rest } = readPlace(writePlace(place));
        const whole = { time: Math.round(time!), width: Math.round(width!), cursor: Math.round(cursor!) };
        expect({ ...rest, ...whole }).toEqual(place);
      },
    ),
  );
});

test('an address by hand may be as short as a time and a node', () => {
  expect(readPlace('#t=12.5&node=n3')).toEqual({ time: 12_500_000, nodes: ['n3'], kinds: [], text: '' });
  expect(readPlace('')).toEqual({ nodes: [], kinds: [], text: '' });
  expect(readPlace('#t=soon&w=-1&e=1.5')).toEqual({ nodes: [], kinds: [], text: '' });
});

test('an axis has round marks, and few of them, at any scale', () => {
  fc.assert(
    fc.property(fc.nat({ max: 600_000_000 }), fc.integer({ min: 50, max: 600_000_000 }), (from, span) => {
      const { times, step } = marksBetween(from, from + span, 10);
      expect(times.length).toBeLessThanOrEqual(11);
      for (const time of times) expect(time % step).toBe(0);
      expect(new Set(times.map((time) => secondsInWords(time, step))).size).toBe(times.length);
    }),
  );
});
