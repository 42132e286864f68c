import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rfc3339 } from '../../core/wall-time.ts';

test('times are written as the platform writes them, from the year 0 to 9999', () => {
  const from = Date.parse('0000-01-01T00:00:00Z');
  const to = Date.parse('9999-12-31T23:59:59.999Z');
  fc.assert(
    fc.property(fc.integer({ min: from, max: to }), (ms) => rfc3339(ms) === new Date(ms).toISOString()),
    { numRuns: 2_000 },
  );
  for (const text of ['2000-02-29T12:00:00.000Z', '1900-03-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z']) {
    expect(rfc3339(Date.parse(text))).toBe(text);
  }
});
