import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesFromText, isWellFormed, textFromBytes, textLength } from '../../core/wire/text.ts';
import { bytes, unicode } from './support.ts';

describe('text on the wire', () => {
  test('is UTF-8, as every encoder has it', () => {
    fc.assert(
      fc.property(unicode, (text) => {
        expect(isWellFormed(text)).toBe(true);
        expect(bytesFromText(text)).toEqual(new TextEncoder().encode(text));
        expect(textFromBytes(new TextEncoder().encode(text))).toBe(text);
      }),
    );
  });

  test('keeps bytes that are no text, whatever they are', () => {
    const nearlyText = fc
      .array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc3, 0xa9, 0xe0, 0xe2, 0xed, 0xa0, 0xef, 0xbb, 0xf0, 0xf4, 0x90))
      .map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), nearlyText), (given) => {
        const text = textFromBytes(given);
        expect(bytesFromText(text)).toEqual(given);
        expect(textLength(text)).toBe(given.length);
      }),
      { numRuns: 1000 },
    );
  });

  test('agrees with the platform about what is UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (given) => {
        let proper = true;
        try {
          new TextDecoder('utf-8', { fatal: true }).decode(given);
        } catch {
          proper = false;
        }
        expect(isWellFormed(textFromBytes(given))).toBe(proper);
      }),
      { numRuns: 1000 },
    );
  });

  test('a bad byte becomes one lone surrogate, and its neighbours stay readable', () => {
    expect(textFromBytes(bytes('"a" ff "b"'))).toBe('a\udcffb');
    // Overlong, a surrogate, past the last point, and cut off.
    expect(textFromBytes(bytes('c0 80'))).toBe('\udcc0\udc80');
    expect(textFromBytes(bytes('ed a0 80'))).toBe('\udced\udca0\udc80');
    expect(textFromBytes(bytes('f4 90 80 80'))).toBe('\udcf4\udc90\udc80\udc80');
    expect(textFromBytes(bytes('e2 82'))).toBe('\udce2\udc82');
  });

  test('a byte order mark is part of the text', () => {
    expect(textFromBytes(bytes('ef bb bf "a"'))).toBe('\ufeffa');
  });

  test('other lone surrogates, which no bytes make, are sent as the replacement character', () => {
    for (const lone of ['\ud800', '\udc00', '\udfff']) {
      expect(bytesFromText(lone)).toEqual(bytes('ef bf bd'));
      expect(textLength(lone)).toBe(3);
      expect(isWellFormed(`a${lone}`)).toBe(false);
    }
  });
});
