import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../core/base64.ts';

describe('base64', () => {
  test('is what the platform writes, and is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(text)).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  test.each(['A', 'AAA', 'AA=A', 'A===', 'AB==', 'AA-_', 'AAAA=', ' AAA', '=AAA'])('%j is refused', (text) => {
    expect(() => fromBase64(text)).toThrow(/base64/);
  });

  test('a refusal does not repeat what may be a key', () => {
    expect(() => fromBase64('c2VjcmV0c2Vjcm')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('c2Vj') }),
    );
  });
});
