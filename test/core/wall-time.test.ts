import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromRfc3339, rfc3339 } from '../../core/wall-time.ts';

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

test('times that were written are read back as they were', () => {
  const from = Date.parse('0000-01-01T00:00:00Z');
  const to = Date.parse('9999-12-31T23:59:59.999Z');
  fc.assert(
    fc.property(fc.integer({ min: from, max: to }), (ms) => fromRfc3339(rfc3339(ms)) === ms),
    { numRuns: 2_000 },
  );
});

test.each(['2026-11-21T15:00:00Z', '2026-11-21T15:00:00+01:30', '2026-11-21t15:00:00.5-08:00', '2000-02-29T00:00:00Z'])(
  '%s is read as the platform reads it',
  (text) => {
    expect(fromRfc3339(text)).toBe(Date.parse(text.toUpperCase()));
  },
);

test.each(['', 'tomorrow', '2026-11-21', '2026-13-01T00:00:00Z', '2026-02-29T00:00:00Z', '2026-01-01T24:00:00Z', '1'])(
  '"%s" is no time',
  (text) => {
    expect(fromRfc3339(text)).toBeUndefined();
  },
);
